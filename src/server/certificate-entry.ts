/** An entry of the setting `server.client_certificates`: `<fingerprint or subject> => <prefix of a key>`. */
export const certificateEntry = /^\s*(\S.*?)\s*=>\s*([0-9a-z]{12})\s*$/
