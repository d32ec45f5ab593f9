import {fold} from '../fold.ts'
import {functionWords} from '../lexicon/function-words.ts'
import {Known, type Lexicon} from '../lexicon/lexicon.ts'
import {leadingThings, namedThings} from '../lexicon/named-things.ts'
import {inflectedName} from '../lexicon/slavic-inflection.ts'
import {type Finding, type Recognizer, Sign} from '../recognizer.ts'
import type {TextDocument} from '../text-document.ts'
import {TokenKind} from '../tokens.ts'
import {legalForms} from './organization.ts'
import {
  isAmongSmallWords,
  isSpeaker,
  isVocative,
  personContextAfter,
  personContextBefore,
  titleBefore,
} from './person-context.ts'

/** What a capitalised word can be in a name. */
type Part = 'given' | 'surname' | 'weak' | 'unknown' | 'initial' | 'particle' | 'none'

interface NamePart {
  readonly part: Part
  /** Found by an ending, not as it stands. */
  readonly inflected: boolean
  /** A given name in many lists, whatever else the word means. */
  readonly frequent?: boolean
}

const none: NamePart = {part: 'none', inflected: false}
const initial: NamePart = {part: 'initial', inflected: false}
const particle: NamePart = {part: 'particle', inflected: false}
const introduced: NamePart = {part: 'weak', inflected: false}

const particles = new Set('van von der den de del della di da do dos das la le el al bin ibn ter ten zu y'.split(' '))
const suffixes = new Set(['jr', 'sr', 'ii', 'iii', 'iv', 'phd', 'md'])

/** Endings of surnames, folded: South and West Slavic, Russian, Nordic, German, Armenian, Georgian, Romanian, Spanish, Dutch. */
const surnameEnding =
  /.{2}(?:ovic|evic|ic|icz|wicz|ski|ska|sky|cki|cka|ova|eva|enko|chuk|czuk|yan|ian|adze|shvili|escu|opoulos|akis|idis|sson|dottir|sdottir|ssen|nsen|rsen|lsen|quist|berg|mann|stein|bauer|meyer|meier|huber|hoff|huizen|stra|inga|ev|ov|yev|ez|elli|etti|ini|sek|cek|nik|cnik|lund|gaard|strom)$/

const longestName = 6
/** A string that only code would have before or after a word. */
const codeBefore = /[./\\_@#$<`{=&*~^|\w-]/
const codeAfter = /[(_/\\={<`@[]/

/** Names of persons in English and Slovenian text, inflected ones too: by lexicon, by the shape of a name, by context. */
export class PersonRecognizer implements Recognizer {
  readonly name = 'person'
  readonly types = ['PERSON', 'TITLE'] as const
  readonly signs = Sign.letter
  readonly #lexicon: Lexicon

  constructor(lexicon: Lexicon) {
    this.#lexicon = lexicon
  }

  find(document: TextDocument, report: (finding: Finding) => void): void {
    const found: Finding[] = []
    const lowercase = isLowercase(document.text)
    const {count} = document.tokens
    for (let token = 0; token < count;) {
      const first = this.#part(document, token, lowercase)
      if (first.part === 'none' || first.part === 'particle') {
        token++
        continue
      }
      const parts = this.#collect(document, token, first, lowercase)
      const finding = this.#judge(document, token, parts, lowercase)
      if (finding) found.push(finding)
      token += parts.length
    }
    for (const finding of found) report(finding)
    for (const finding of this.#again(document, found)) report(finding)
    this.#titles(document, report)
  }

  #part(document: TextDocument, token: number, lowercase: boolean): NamePart {
    const kind = document.kind(token)
    if (kind === TokenKind.number || kind === TokenKind.identifier) return none
    if (kind === TokenKind.lower && !lowercase) return particles.has(document.word(token)) ? particle : none
    const start = document.start(token)
    const end = document.end(token)
    const {text} = document
    if (start > 0 && codeBefore.test(text.charAt(start - 1)) && !isNameHyphen(document, token)) return none
    if (end < text.length && codeAfter.test(text.charAt(end))) return none
    if (/[.:]/.test(text.charAt(end)) && /[\p{L}\d:]/u.test(text.charAt(end + 1)) && end - start > 1) return none
    const length = end - start
    if (length === 1) return kind === TokenKind.capitalized && !lowercase ? initial : none
    if (kind === TokenKind.upper && length < 4 && !this.#isShortNameInCapitals(document, token)) return none
    const word = text.slice(start, end).toLowerCase()
    if (functionWords.has(word)) return particles.has(word) ? particle : none
    if (legalForms.has(word) && !particles.has(word)) return none
    const folded = document.folded(token)
    const known = document.known(token, this.#lexicon)
    if (known & Known.nationality) return none
    const isWord = (known & (Known.word | Known.country)) !== 0
    if (lowercase && particles.has(word)) return particle
    if (known & Known.given)
      return isWord
        ? {
            part: 'weak',
            inflected: false,
            frequent: (known & (Known.frequent | Known.technical | Known.country)) === Known.frequent,
          }
        : {part: 'given', inflected: false}
    if (known & Known.surname) return {part: isWord ? 'weak' : 'surname', inflected: false}
    // "Dr. Wells", "her maiden name is Key": a word that is introduced as a name is one.
    if (isWord) return isIntroduced(document, token) ? introduced : none
    if (kind === TokenKind.mixed && !/^(?:Mc|Mac|De|La|Le|Van|O|D|[A-Z]['’])\p{Lu}/u.test(document.word(token)))
      return none
    const inflected = lowercase ? 0 : inflectedName(folded, this.#lexicon)
    if (inflected & Known.given) return {part: 'given', inflected: true}
    if (inflected & Known.surname) return {part: 'surname', inflected: true}
    if (suffixes.has(folded)) return particle
    if (length > 4 && surnameEnding.test(folded)) return {part: 'surname', inflected: true}
    return {part: 'unknown', inflected: false}
  }

  /** "ANA KRANJC": what is short and in capitals is an abbreviation, but for a given name beside a longer word in capitals. */
  #isShortNameInCapitals(document: TextDocument, token: number): boolean {
    if (document.end(token) - document.start(token) < 3) return false
    if ((document.known(token, this.#lexicon) & Known.given) === 0) return false
    const isLongName = (other: number) =>
      document.kind(other) === TokenKind.upper &&
      document.end(other) - document.start(other) >= 4 &&
      (document.known(other, this.#lexicon) & Known.word) === 0
    return (
      (token + 1 < document.tokens.count && document.gap(token) === ' ' && isLongName(token + 1)) ||
      (token > 0 && document.gap(token - 1) === ' ' && isLongName(token - 1))
    )
  }

  /** The parts from a token on that stand together as one name would. */
  #collect(document: TextDocument, first: number, begin: NamePart, lowercase: boolean): NamePart[] {
    const parts = [begin]
    const {count} = document.tokens
    for (let token = first + 1; token < count && parts.length < longestName; token++) {
      const gap = document.gap(token - 1)
      const afterInitial = parts.at(-1)?.part === 'initial'
      const nickname = gap === ' "' || gap === '" ' || gap === ' „' || gap === '“ '
      const joined =
        gap === ' ' || gap === '-' || gap === '  ' || nickname || (afterInitial && (gap === '. ' || gap === '.'))
      if (!joined) break
      const next = this.#part(document, token, lowercase)
      if (next.part === 'none') break
      parts.push(next)
    }
    while (parts.length > 1 && parts.at(-1)?.part === 'particle' && !isSuffix(document, first + parts.length - 1))
      parts.pop()
    return parts
  }

  #judge(
    document: TextDocument,
    first: number,
    collected: readonly NamePart[],
    lowercase: boolean,
  ): Finding | undefined {
    let from = 0
    const before = personContextBefore(document, first)
    const [head, next] = collected
    if (head?.part === 'unknown' && next) {
      // "Pismo Janeza Novaka": a name is inflected as a whole, so an uninflected word before it is none of it, and
      // "Podpisana ANA KRANJC" is written in capitals as a whole.
      const apart = next.part === 'given' && next.inflected
      const inCapitals =
        document.kind(first) !== TokenKind.upper &&
        document.kind(first + 1) === TokenKind.upper &&
        next.part !== 'initial'
      if (apart || inCapitals || isImperative(document, first)) from = 1
    }
    const parts = collected.slice(from)
    const last = first + collected.length - 1
    const after = personContextAfter(document, last)
    const contextBefore = from === 0 ? before : personContextBefore(document, first + from)
    if (parts.every(each => each.part === 'initial' || each.part === 'particle')) return undefined
    if (isThing(document, first + from, last)) return undefined
    const shape = shapeScore(document, first + from, parts, lowercase)
    let score = shape.score
    const evidence = [shape.evidence]
    if (contextBefore.strength === 2) {
      score = Math.max(score + 0.3, 0.75)
      evidence.push(`after "${contextBefore.word}"`)
    } else if (contextBefore.strength === 1) {
      score += 0.15
      evidence.push(`after "${contextBefore.word}"`)
    }
    if (after.strength > 0) {
      score += after.strength === 2 ? 0.35 : 0.15
      evidence.push(`before "${after.word}"`)
    }
    if (parts.some(each => each.part !== 'unknown')) {
      if (isSpeaker(document, first + from, last)) {
        score += 0.35
        evidence.push('speaker')
      } else if (isVocative(document, first + from, last)) {
        score += 0.35
        evidence.push('called by name')
      }
    }
    if (isAmongSmallWords(document, first + from, last)) {
      score += 0.1
      evidence.push('capital inside a sentence')
    }
    if (document.field.some(word => nameFields.has(word))) {
      score = Math.max(score, 0.8)
      evidence.push('field')
    }
    const start = document.start(first + from)
    return {type: 'PERSON', start, end: document.end(last), score: Math.min(score, 0.97), evidence}
  }

  /** A surname that a full name brought up once stands alone later. */
  *#again(document: TextDocument, found: readonly Finding[]): Generator<Finding> {
    const names = new Set<string>()
    for (const finding of found) {
      if (finding.score < 0.8) continue
      const words = document.text.slice(finding.start, finding.end).split(/[\s-]+/)
      if (words.length < 2) continue
      for (const word of words) {
        if (/^\p{L}{4,}$/u.test(word) && (this.#lexicon.of(fold(word)) & Known.word) === 0) names.add(word)
      }
    }
    if (names.size === 0) return
    const covered = new Set(found.filter(each => each.score >= 0.5).map(each => each.start))
    for (let token = 0; token < document.tokens.count; token++) {
      const start = document.start(token)
      if (covered.has(start) || !names.has(document.word(token))) continue
      yield {type: 'PERSON', start, end: document.end(token), score: 0.6, evidence: ['part of a name found elsewhere']}
    }
  }

  #titles(document: TextDocument, report: (finding: Finding) => void): void {
    for (let token = 1; token < document.tokens.count; token++) {
      const title = titleBefore(document, token)
      if (!title) continue
      const start = document.start(token - 1)
      report({type: 'TITLE', start, end: title.end, score: 0.7, evidence: ['form of address']})
    }
  }
}

const nameFields = new Set(
  'name names fullname firstname lastname surname forename givenname ime imena priimek priimki oseba person author customer patient employee stranka pacient zaposleni avtor'.split(
    ' ',
  ),
)

function isLowercase(text: string): boolean {
  return !/\p{Lu}/u.test(text)
}

/** "Pokličite Janeza": a Slovenian verb begins the sentence, and only its capital makes it look like a name. */
function isImperative(document: TextDocument, token: number): boolean {
  const before = document.text.slice(Math.max(0, document.start(token) - 3), document.start(token))
  return (
    /(?:^|[.!?\n]\s*)$/.test(before) && /(?:jte|ite|iti|ati|imo|amo|emo|ila|ala|ili|ali)$/.test(document.folded(token))
  )
}

function isNameHyphen(document: TextDocument, token: number): boolean {
  return token > 0 && document.gap(token - 1) === '-' && document.kind(token - 1) === TokenKind.capitalized
}

const nameIs = /(?:^|[^a-z])(?:my|his|her|your|maiden|first|last|middle|given|family|full) names? is $/i

function isIntroduced(document: TextDocument, token: number): boolean {
  if (token === 0 || document.kind(token) !== TokenKind.capitalized) return false
  if (titleBefore(document, token)) return true
  const start = document.start(token)
  return document.word(token - 1) === 'is' && nameIs.test(document.text.slice(Math.max(0, start - 24), start))
}

/** "Fort Caroline", "Rhine Gorge", "the Luther Bible": named after somebody, and not they. */
function isThing(document: TextDocument, first: number, last: number): boolean {
  if (last > first && (leadingThings.has(document.folded(first)) || namedThings.has(document.folded(last)))) return true
  const next = last + 1
  if (next >= document.tokens.count || document.gap(last) !== ' ' || !namedThings.has(document.folded(next)))
    return false
  // "Ana's laboratory" has an apostrophe between; "the Tran dynasty" and "Luther Bible" have not.
  return document.kind(next) !== TokenKind.lower || (first > 0 && document.word(first - 1) === 'the')
}

function isSuffix(document: TextDocument, token: number): boolean {
  return suffixes.has(document.folded(token))
}

/** How much the parts look like a name by themselves. */
function shapeScore(
  document: TextDocument,
  first: number,
  parts: readonly NamePart[],
  lowercase: boolean,
): {score: number; evidence: string} {
  const count = (part: Part) => parts.filter(each => each.part === part).length
  const given = count('given')
  const surnames = count('surname')
  const weak = count('weak')
  const unknown = count('unknown')
  const initials = count('initial')
  const words = given + surnames + weak + unknown
  const upper = parts.every((_, at) => document.kind(first + at) === TokenKind.upper)
  const penalty = lowercase ? -0.15 : 0
  if (words === 1 && initials === 0) {
    if (upper) return {score: 0.1, evidence: 'capitals'}
    if (given === 1) return {score: (parts[0]?.inflected ? 0.35 : 0.5) + penalty, evidence: 'given name'}
    if (surnames === 1) return {score: (parts[0]?.inflected ? 0.25 : 0.4) + penalty, evidence: 'surname'}
    if (parts[0]?.frequent) return {score: 0.4 + penalty, evidence: 'frequent given name or word'}
    return {score: 0.15, evidence: weak === 1 ? 'name or word' : 'capitalised word'}
  }
  if (initials > 0 && words > 0) {
    const between = parts[0]?.part !== 'initial'
    if (given + surnames > 0) return {score: 0.85, evidence: 'name and initial'}
    if (between && words > 1) return {score: 0.6, evidence: 'words around an initial'}
    return {score: weak > 0 ? 0.45 : 0.3, evidence: 'initial and word'}
  }
  if (given > 0 && surnames > 0) return {score: 0.9 + penalty, evidence: 'given name and surname'}
  if (given > 1) return {score: 0.8 + penalty, evidence: 'given names'}
  if (given === 1 && unknown > 0) return {score: 0.7 + penalty, evidence: 'given name and unknown word'}
  if (given === 1) return {score: 0.65 + penalty, evidence: 'given name and word'}
  if (surnames > 0 && weak > 0) return {score: 0.6 + penalty, evidence: 'name and surname'}
  if (surnames > 1) return {score: 0.55 + penalty, evidence: 'surnames'}
  if (surnames === 1) return {score: 0.5 + penalty, evidence: 'unknown word and surname'}
  if (weak > 0 && unknown > 0) return {score: 0.4 + penalty, evidence: 'name or word, and unknown word'}
  return {score: unknown > 1 ? 0.35 + penalty : 0.2, evidence: 'capitalised words'}
}
