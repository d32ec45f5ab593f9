/** Everything that XML 1.0 (2.2, Char) has no place for, or advises against: control characters and halves of a pair. */
const impossible = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu

/** Markup without the characters that no XML may have. */
export const possibleXml = (markup: string) => markup.replaceAll(impossible, '\ufffd')

/** Text for content and for attributes between double quotes. */
export const escapeXml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
