import {UnusableMediaError} from './errors.ts'

/** Elements that load what their address names; a link of `<a>` is none. */
const loading =
  /<(?:image|use|feImage|script|iframe|audio|video|foreignObject|link|tref|textPath|pattern|mpath)\b[^>]*/gi
const address = /(?:href|src)\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi

/**
 * Refuses an SVG that is more than a drawing: entities (which can be multiplied to any size), scripts, style sheets and
 * pictures from elsewhere. What is drawn must be in the file; its renderer would load nothing from a buffer either, and
 * leave out silently what is missing.
 *
 * @throws UnusableMediaError
 */
export function assertSelfContained(source: string, bytes: Uint8Array): void {
  const text = readText(source, bytes)
  const refuse = (what: string) => {
    throw new UnusableMediaError(`${source} is an SVG with ${what}`, {hint: 'save it as PNG first'})
  }
  if (/<!(?:DOCTYPE[^>]*\[|ENTITY)/i.test(text)) refuse('entities')
  if (/<\?xml-stylesheet|@import/i.test(text)) refuse('a style sheet from elsewhere')
  if (/<(?:script|foreignObject|iframe)\b/i.test(text)) refuse('a script or a document in it')
  for (const [element] of text.matchAll(loading)) {
    for (const [, quoted] of element.matchAll(address)) {
      if (!isInside(quoted!.replace(/^["']|["']$/g, ''))) refuse('a picture from elsewhere')
    }
  }
  for (const [, quoted] of text.matchAll(/url\(\s*("[^"]*"|'[^']*'|[^)]*)\s*\)/gi)) {
    if (!isInside(quoted!.replace(/^["']|["']$/g, ''))) refuse('something from elsewhere')
  }
}

function isInside(reference: string): boolean {
  return /^\s*(?:#|data:image\/(?:png|jpeg|gif|webp)[;,])/i.test(reference)
}

/** In another encoding nothing that is looked for here would be found. */
function readText(source: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch (error) {
    throw new UnusableMediaError(`${source} is an SVG that is not UTF-8`, {hint: 'save it as PNG first', cause: error})
  }
}
