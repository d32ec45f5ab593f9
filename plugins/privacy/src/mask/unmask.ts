import type {PlaceholderEntry} from './placeholders.ts'

const longestPlaceholder = 64

/** The file as it was before it was masked: every placeholder of the map replaced by what it stands for, the rest copied. */
export async function* unmask(
  pieces: AsyncIterable<string>,
  tag: string,
  entries: ReadonlyMap<string, PlaceholderEntry>,
  restored: (entry: PlaceholderEntry) => void = () => {},
): AsyncIterable<string> {
  const restore = restorer(tag, entries)
  let pending = ''
  for await (const piece of pieces) {
    pending += piece
    const safe = safeLength(pending)
    yield restore(pending.slice(0, safe), restored)
    pending = pending.slice(safe)
  }
  yield restore(pending, restored)
}

/** Puts back what stands for something in a text that is at hand as a whole, and tells of each. */
export function restorer(
  tag: string,
  entries: ReadonlyMap<string, PlaceholderEntry>,
): (text: string, restored: (entry: PlaceholderEntry) => void) => string {
  const placeholder = new RegExp(`"?${placeholderPattern(tag).source}"?`, 'g')
  return (text, restored) =>
    text.replace(placeholder, found => {
      const name = found.replaceAll('"', '')
      const entry = entries.get(name)
      if (!entry) return found
      restored(entry)
      if (entry.bare && found.startsWith('"') && found.endsWith('"')) return entry.raw
      return found.replace(name, () => entry.raw)
    })
}

/** What placeholders of a run look like. */
export function placeholderPattern(tag: string): RegExp {
  return new RegExp(`\\[[A-Z_]{2,30}_\\d{1,12}_${tag}\\]`, 'g')
}

/** How much of a text holds no placeholder that the next piece might finish. */
function safeLength(text: string): number {
  const open = text.lastIndexOf('[')
  const unfinished = open >= 0 && text.length - open <= longestPlaceholder
  if (!unfinished) return text.endsWith('"') ? text.length - 1 : text.length
  return text.charAt(open - 1) === '"' ? open - 1 : open
}
