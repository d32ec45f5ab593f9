import {functionWords} from '../lexicon/function-words.ts'
import {namedThings} from '../lexicon/named-things.ts'
import type {Lexicon} from '../lexicon/lexicon.ts'
import {type Finding, type Recognizer, Sign} from '../recognizer.ts'
import type {TextDocument} from '../text-document.ts'
import {TokenKind} from '../tokens.ts'
import {isAmongSmallWords} from './person-context.ts'

const placePrepositions = new Set(['in', 'from', 'to', 'near', 'v', 'iz', 'blizu'])
/** What a company or an institution does, where a name begins a sentence. */
const subjectVerb =
  /^(?:'s|’s)? (?:is|was|has|had|will|employs?|offers?|sells?|makes|announced|acquired|provides?|opened|closed|hired|launched|charges?|refused|sent|told)(?![\p{L}])/u
/** English words that are formed and in no list: Tokenization, Bundlers, Prebuilt. */
const derived =
  /(?:ings?|tions?|sions?|ments?|ness|able|ible|izers?|ised|ized|ers|ors|ists|isms?|ities|ively|ally|ously|ed|ly|[^m]ans|oids|phores|zoa)$/
const prefixed = /^(?:un|re|pre|non|multi|sub|super|inter|over|under|anti|auto|meta|micro)/
/** "Why is Glyceria so quiet?", "Where did Turabi teach?": what follows acts. */
const askingVerbs = new Set(['is', 'was', 'did', 'does', 'do', 'has', 'had', 'said', 'asked', 'told', 'met'])
const articles = new Set(['the', 'a', 'an', 'this', 'that', 'these', 'those', 'many', 'some', 'several', 'were', 'are'])
const shortest = 4
const longestName = 4

/**
 * Names of unknown kind: capitalised words that no list has, where only a name has a capital. They are taken for places after a
 * preposition of place, for persons after a verb that asks for its subject, and for organisations elsewhere; what they name is known to nobody, that they name something is.
 */
export class ProperNameRecognizer implements Recognizer {
  readonly name = 'proper-name'
  readonly types = ['ORGANIZATION', 'LOCATION', 'PERSON'] as const
  readonly signs = Sign.capital
  readonly #lexicon: Lexicon

  constructor(lexicon: Lexicon) {
    this.#lexicon = lexicon
  }

  find(document: TextDocument, report: (finding: Finding) => void): void {
    if (!isEnglishOrSlovenian(document)) return
    for (let token = 0; token < document.tokens.count; token++) {
      if (!this.#isUnknown(document, token)) continue
      let last = token
      while (
        last - token + 1 < longestName &&
        last + 1 < document.tokens.count &&
        document.gap(last) === ' ' &&
        this.#isUnknown(document, last + 1)
      )
        last++
      const found = judge(document, token, last)
      if (found) report({...found, start: document.start(token), end: document.end(last)})
      token = last
    }
  }

  #isUnknown(document: TextDocument, token: number): boolean {
    const kind = document.kind(token)
    if (kind !== TokenKind.capitalized && kind !== TokenKind.upper) return false
    const length = document.end(token) - document.start(token)
    if (length < shortest || (kind === TokenKind.upper && length < shortest + 1)) return false
    const folded = document.folded(token)
    return (
      document.known(token, this.#lexicon) === 0 &&
      !derived.test(folded) &&
      !prefixed.test(folded) &&
      !functionWords.has(document.word(token).toLowerCase())
    )
  }
}

const sampled = 2000
const leastShare = 0.2

/** Whether the small words are English or Slovenian ones: German writes every noun with a capital. */
function isEnglishOrSlovenian(document: TextDocument): boolean {
  let small = 0
  let known = 0
  for (let token = 0; token < document.tokens.count && token < sampled; token++) {
    if (document.kind(token) !== TokenKind.lower) continue
    small++
    if (functionWords.has(document.word(token))) known++
  }
  return known >= small * leastShare
}

/** "a Bodhisattva vow", "the Mongol invasion": with an article before and a small noun after, the name qualifies a thing. */
function qualifies(document: TextDocument, first: number, last: number): boolean {
  const next = last + 1
  const followed = next < document.tokens.count && document.gap(last) === ' '
  if (followed && namedThings.has(document.folded(next))) return true
  if (!articles.has(document.word(first - 1))) return false
  return followed && document.kind(next) === TokenKind.lower && !functionWords.has(document.word(next))
}

/** "What do Cydippids eat?", "that Huguenots are": several, and so no name. */
function isPlural(document: TextDocument, first: number, last: number): boolean {
  if (!document.word(last).endsWith('s')) return false
  const next = last + 1
  const verb = next < document.tokens.count && document.gap(last) === ' ' ? document.word(next) : ''
  return document.word(first - 1) === 'do' || /^(?:are|were|have|do)$/.test(verb)
}

function judge(
  document: TextDocument,
  first: number,
  last: number,
): Pick<Finding, 'type' | 'score' | 'evidence'> | undefined {
  if (isAmongSmallWords(document, first, last)) {
    const before = document.word(first - 1)
    if (qualifies(document, first, last) || isPlural(document, first, last)) return undefined
    const type = placePrepositions.has(before) ? 'LOCATION' : askingVerbs.has(before) ? 'PERSON' : 'ORGANIZATION'
    if (document.kind(first) === TokenKind.upper && type !== 'LOCATION') return undefined
    return {type, score: 0.5, evidence: ['unknown proper name', `after "${before}"`]}
  }
  const start = document.start(first)
  if (!/(?:^|[.!?\n]\s{0,2})$/.test(document.text.slice(Math.max(0, start - 3), start))) return undefined
  const verb = subjectVerb.exec(document.text.slice(document.end(last), document.end(last) + 16))
  if (!verb || document.kind(first) === TokenKind.upper) return undefined
  return {type: 'ORGANIZATION', score: 0.5, evidence: ['unknown proper name', `before "${verb[0].trim()}"`]}
}
