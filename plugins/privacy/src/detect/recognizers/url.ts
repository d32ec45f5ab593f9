import {matches} from '../matches.ts'
import {type Finding, type Recognizer, Sign} from '../recognizer.ts'
import type {TextDocument} from '../text-document.ts'

const longest = 2048
const begin = /\b(?:https?|ftp):\/\/|\bwww\d?\./gi
const stop = /[\s<>"'`|\\^{}[\]]/
const trailing = new Set('.,;:!?)*_~…»”’')

/** Suffixes under which `name.suffix` in running text is a site and no file name, method call or abbreviation. */
const plainSuffix = /\.(?:com|org|net|edu|gov|mil|info|biz|eu|co\.uk|si)(?![\w@(-]|\.\w)/gi
/** RFC 1035 2.3.4. */
const longestHost = 253

/** Web addresses: with a scheme, with `www.`, and bare host names under the most common suffixes. */
export class UrlRecognizer implements Recognizer {
  readonly name = 'url'
  readonly types = ['URL'] as const
  readonly signs = Sign.colon | Sign.dot
  readonly #hasKnownSuffix: (host: string) => boolean

  constructor(hasKnownSuffix: (host: string) => boolean) {
    this.#hasKnownSuffix = hasKnownSuffix
  }

  find(document: TextDocument, report: (finding: Finding) => void): void {
    const {text} = document
    let covered = 0
    for (const match of matches(begin, text)) {
      const start = match.index
      if (start < covered) continue
      const end = endOf(text, start + match[0].length)
      const host = hostOf(text, match[0].endsWith('/') ? start + match[0].length : start, end)
      if (host.length > longestHost || !this.#hasKnownSuffix(host)) continue
      covered = end
      report({type: 'URL', start, end, score: 0.9, evidence: ['web address', 'public suffix']})
    }
    for (const match of matches(plainSuffix, text)) {
      const start = hostStart(text, match.index)
      if (start === match.index || start < covered) continue
      if (/[@./$\\-]/.test(text.charAt(start - 1))) continue
      const end = match.index + match[0].length
      report({type: 'URL', start, end, score: 0.55, evidence: ['host name']})
    }
  }
}

/** Where the labels before a suffix begin. */
function hostStart(text: string, suffix: number): number {
  let start = suffix
  while (start > 0 && suffix - start < longestHost && /[a-z\d.-]/i.test(text.charAt(start - 1))) start--
  while (start < suffix && !/[a-z\d]/i.test(text.charAt(start))) start++
  return start
}

function endOf(text: string, from: number): number {
  const room = text.slice(from, from + longest)
  const stopped = room.search(stop)
  let end = from + (stopped < 0 ? room.length : stopped)
  while (end > from && trailing.has(text.charAt(end - 1))) {
    // An address may end in a bracket that was opened inside it.
    const inside = text.slice(from, end)
    if (inside.endsWith(')') && inside.split('(').length >= inside.split(')').length) break
    end--
  }
  return end
}

function hostOf(text: string, from: number, end: number): string {
  const rest = text.slice(from, end)
  const authority = rest.slice(0, rest.search(/[/?#]|$/))
  return authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d{1,5}$/, '')
}
