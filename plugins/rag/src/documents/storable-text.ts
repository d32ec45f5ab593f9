/**
 * Text as every database keeps it: PostgreSQL has no U+0000. As in HTML (https://html.spec.whatwg.org/#preprocessing-the-input-stream),
 * U+FFFD takes its place, so that no offset moves.
 */
export function storableText(text: string): string {
  return text.replaceAll('\0', '\uFFFD')
}
