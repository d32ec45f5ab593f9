import {isWordCharacter} from '../character-class.ts'
import {matches} from '../matches.ts'
import {type Finding, type Recognizer, Sign} from '../recognizer.ts'
import type {TextDocument} from '../text-document.ts'

/** RFC 5321 4.5.3.1. */
const longestLocalPart = 64
const longestDomain = 255

const localPunctuation = new Set([...".!#$%&'*+-/=?^_`{|}~"].map(character => character.charCodeAt(0)))
const hyphen = 45
const dot = 46

/** `ana [at] example [dot] com`, `ana (afna) primer (pika) si`: how people hide addresses from harvesters. */
const disguised =
  /([\p{L}\d][\p{L}\d._+-]{0,63})\s{0,2}[[({<]\s{0,2}(?:at|afna|@)\s{0,2}[\])}>]\s{0,2}([\p{L}\d][\p{L}\d-]{0,62}(?:(?:\.|\s{0,2}[[({<]\s{0,2}(?:dot|pika|\.)\s{0,2}[\])}>]\s{0,2})[\p{L}\d][\p{L}\d-]{0,62}){1,4})/giu
const disguise = /[[({<]\s{0,2}(?:at|afna|@)\s{0,2}[\])}>]/i

/** E-mail addresses whose domain ends in a suffix of the public suffix list. */
export class EmailRecognizer implements Recognizer {
  readonly name = 'email'
  readonly types = ['EMAIL_ADDRESS'] as const
  readonly signs = Sign.at
  readonly #hasKnownSuffix: (host: string) => boolean

  constructor(hasKnownSuffix: (host: string) => boolean) {
    this.#hasKnownSuffix = hasKnownSuffix
  }

  find(document: TextDocument, report: (finding: Finding) => void): void {
    const {text} = document
    for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
      const start = localStart(text, at)
      const end = domainEnd(text, at)
      const host = text.slice(at + 1, end)
      if (start === at || !host.includes('.') || !this.#hasKnownSuffix(host)) continue
      report({type: 'EMAIL_ADDRESS', start, end, score: 0.95, evidence: ['address shape', 'public suffix']})
    }
    if (disguise.test(text)) this.#findDisguised(text, report)
  }

  #findDisguised(text: string, report: (finding: Finding) => void): void {
    for (const match of matches(disguised, text)) {
      const host = (match[2] as string).replace(/\s{0,2}[[({<]\s{0,2}(?:dot|pika|\.)\s{0,2}[\])}>]\s{0,2}/gi, '.')
      if (!this.#hasKnownSuffix(host)) continue
      const start = match.index
      report({
        type: 'EMAIL_ADDRESS',
        start,
        end: start + match[0].length,
        score: 0.9,
        evidence: ['disguised address', 'public suffix'],
      })
    }
  }
}

function localStart(text: string, at: number): number {
  let start = at
  while (start > 0 && at - start < longestLocalPart) {
    const code = text.charCodeAt(start - 1)
    if (!isWordCharacter(code) && !localPunctuation.has(code)) break
    start--
  }
  // Quotes, slashes and the like before an address belong to the text around it.
  while (start < at && !isWordCharacter(text.charCodeAt(start))) start++
  return start
}

function domainEnd(text: string, at: number): number {
  let end = at + 1
  while (end < text.length && end - at <= longestDomain) {
    const code = text.charCodeAt(end)
    if (code !== hyphen && code !== dot && (!isWordCharacter(code) || code === 95)) break
    end++
  }
  while (end > at + 1 && !isWordCharacter(text.charCodeAt(end - 1))) end--
  return end
}
