/** Whether a host name or address, as a URL writes it, is this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** Whether an address leads to this machine: a URL, or a host with or without a port. */
export function isLoopbackAddress(address: string): boolean {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`
  return URL.canParse(url) && isLoopback(new URL(url).hostname)
}
