import {visitAtoms} from './atoms.ts'
import {foldDiacritics, lowerCase} from './folding.ts'
import {identifierParts} from './identifier.ts'
import type {GuessLanguage} from './language-detection.ts'
import {languageSample, loadLanguageGuessing, withoutNames} from './language-detection.ts'
import {loadPlainLanguage, type TellPlainLanguage} from './plain-language.ts'
import type {Stem} from './stemming.ts'
import {loadStemmer} from './stemming.ts'
import {loadStopWords} from './stop-words.ts'

/** A term with the place it was read from. */
export interface Token {
  /** Stemmed, lower-cased and without diacritics: what the index holds. */
  readonly term: string
  /** UTF-16 offsets into the analysed text: start inclusive, end exclusive. */
  readonly start: number
  readonly end: number
  /** A word that its language uses everywhere, such as an article. */
  readonly stop: boolean
}

export interface Analysis {
  /** ISO 639-1, or `und`. */
  readonly language: string
  /** In the order of the text, with repetitions; stop words are among them. */
  readonly terms: string[]
  /** Character 4-grams of the words, in the order of the text, with repetitions. */
  readonly grams: string[]
}

/** An analysis as the index holds it. */
export interface JoinedAnalysis {
  /** Joined by spaces, in the order of the text; so are the grams. */
  readonly terms: string
  readonly termCount: number
  readonly grams: string
}

/** What one atom gives; `pieces` are offsets within the atom. */
interface AnalysedAtom {
  readonly pieces: readonly {
    readonly term: string
    readonly start: number
    readonly end: number
    readonly stop: boolean
  }[]
  /** The terms of the pieces, joined by spaces, and the grams: a word that comes again need not be put together again. */
  readonly joinedTerms: string
  readonly grams: readonly string[]
  readonly joinedGrams: string
  /** Lower-cased and folded, without stemming, to build compounds from. */
  readonly plain: string
  readonly isNumber: boolean
}

interface LanguageData {
  readonly stem: Stem | undefined
  readonly stopWords: ReadonlySet<string>
  readonly atoms: Map<string, AnalysedAtom>
}

const GRAM_LENGTH = 4
/** Longer atoms are hashes, keys and encoded data: found by their beginning, never stemmed. */
const LONGEST_WORD = 40
/** A guess whose score is at least this share of the best one's may still be right. */
const CLOSE_GUESS = 0.75
/** A language's memory of atoms is emptied at this size; natural vocabularies stay below it. */
const REMEMBERED_ATOMS = 100_000
/** Compounds of more atoms than this are paths and rulers of dashes; only their atoms are indexed. */
const LONGEST_COMPOUND = 6

const joiners = new Set(['_', '-', '‐', '‑', '.'])
const digits = /^\p{Nd}+$/u

/**
 * Turns text into the terms and 4-grams that the index holds. The same rules read documents and queries:
 *
 * - words by UAX #29, also for scripts without spaces; NFC, lower case, stem of the language, diacritics folded;
 * - `camelCase`, `snake_case`, `kebab-case` and `dotted.names` give their parts and the whole without its joiners, so
 *   that `exit-code`, `exitCode` and `exit_code` are one term;
 * - an apostrophe parts a word: `l'eau`, `NFL'de`, `dog's`, and single letters beside it are dropped;
 * - 4-grams are taken within words, of the folded form; a shorter word is its own gram. Scripts without spaces, whose
 *   words are a few signs long, give pairs.
 *
 * Languages are prepared before use, because stemmers load lazily; analysing is then synchronous. An analyser keeps
 * what it learned about each word, so one should live as long as an ingest or a server.
 */
export class Analyser {
  readonly #languages = new Map<string, LanguageData>()
  #guess: GuessLanguage | undefined
  #tellPlain: TellPlainLanguage | undefined

  /** Loads stemmers and stop words for these ISO 639-1 codes. Codes that nothing is known of are accepted. */
  async prepare(languages: Iterable<string>): Promise<void> {
    for (const language of new Set(['und', ...languages])) {
      if (this.#languages.has(language)) continue
      const [stem, stopWords] = language === 'und' ? [undefined, new Set<string>()] : await loadLanguage(language)
      this.#languages.set(language, {stem, stopWords, atoms: new Map()})
    }
  }

  /**
   * The language of a document's text, prepared for `analyse`; `und` where it cannot be told. Stop words decide where
   * they leave no doubt, letter statistics elsewhere. Names mislead those, so that words with a capital are not asked,
   * and close guesses are decided by which language has the more of its stop words in the text.
   */
  async detect(text: string): Promise<string> {
    this.#tellPlain ??= await loadPlainLanguage()
    const sample = languageSample(text)
    const plain = this.#tellPlain(sample)
    if (plain !== undefined) {
      await this.prepare([plain])
      return plain
    }
    this.#guess ??= await loadLanguageGuessing()
    const asked = languageSample(withoutNames(text))
    const guesses = this.#guess(asked)
    const close = guesses.filter(({score}) => score >= guesses[0]!.score * CLOSE_GUESS).slice(0, 3)
    await this.prepare(close.map(({language}) => language))
    const best = close
      .map(({language, score}) => ({
        language,
        score: close.length === 1 ? score : score + this.#stopShare(asked, language) / 2,
      }))
      .reduce((one, other) => (other.score > one.score ? other : one), {language: 'und', score: 0})
    return best.language
  }

  /** Terms and 4-grams of a text. @throws RangeError if the language has not been prepared. */
  analyse(text: string, {language = 'und'}: {readonly language?: string} = {}): Analysis {
    const terms: string[] = []
    const grams: string[] = []
    this.#visit(text, language, {
      atom: atom => {
        for (const piece of atom.pieces) terms.push(piece.term)
        for (const gram of atom.grams) grams.push(gram)
      },
      compound: ({term}) => terms.push(term),
    })
    return {language, terms, grams}
  }

  /** What `analyse` gives, joined: a third of the time, for whole documents. @throws RangeError like `analyse`. */
  analyseJoined(text: string, language: string): JoinedAnalysis {
    const terms: string[] = []
    const grams: string[] = []
    let termCount = 0
    this.#visit(text, language, {
      atom: atom => {
        terms.push(atom.joinedTerms)
        termCount += atom.pieces.length
        if (atom.joinedGrams !== '') grams.push(atom.joinedGrams)
      },
      compound: ({term}) => {
        terms.push(term)
        termCount++
      },
    })
    return {terms: terms.join(' '), termCount, grams: grams.join(' ')}
  }

  /** The terms of a text, each with its offsets and whether it is a stop word. @throws RangeError like `analyse`. */
  tokens(text: string, language = 'und'): Token[] {
    const tokens: Token[] = []
    this.#visit(text, language, {
      atom: (atom, at) => {
        for (const {term, start, end, stop} of atom.pieces) tokens.push({term, start: at + start, end: at + end, stop})
      },
      compound: whole => tokens.push({...whole, stop: false}),
    })
    return tokens
  }

  /** Calls back for the atoms and compounds of a text, a compound after its atoms. */
  #visit(
    text: string,
    language: string,
    visitor: {
      readonly atom: (atom: AnalysedAtom, start: number) => void
      readonly compound: (whole: {readonly term: string; readonly start: number; readonly end: number}) => void
    },
  ): void {
    const data = this.#data(language)
    const compound = new Compound()
    visitAtoms(text, (start, end, unspaced) => {
      const atom = analyseAtom(text.slice(start, end), language, data, unspaced)
      const whole = compound.next(text, start, end, atom)
      if (whole !== undefined) visitor.compound(whole)
      if (!isElided(text, start, end, language)) visitor.atom(atom, start)
    })
    const whole = compound.finish()
    if (whole !== undefined) visitor.compound(whole)
  }

  #stopShare(text: string, language: string): number {
    let tokens = 0
    let stops = 0
    this.#visit(text, language, {
      atom: ({pieces}) => {
        tokens += pieces.length
        // The shortest words are stop words of too many languages.
        for (const {stop, start, end} of pieces) if (stop && end - start > 2) stops++
      },
      compound: () => tokens++,
    })
    return stops / Math.max(1, tokens)
  }

  #data(language: string): LanguageData {
    const data = this.#languages.get(language)
    if (data === undefined) throw new RangeError(`The language ${language} has not been prepared`)
    return data
  }
}

async function loadLanguage(language: string): Promise<[Stem | undefined, ReadonlySet<string>]> {
  return Promise.all([loadStemmer(language), loadStopWords(language)])
}

function analyseAtom(raw: string, language: string, data: LanguageData, unspaced: boolean): AnalysedAtom {
  const known = data.atoms.get(raw)
  if (known !== undefined) return known
  if (data.atoms.size >= REMEMBERED_ATOMS) data.atoms.clear()
  const atom = unspaced ? analyseUnspaced(raw, data) : analyseSpaced(raw, language, data)
  // A slice would keep its whole document alive as the key.
  data.atoms.set(Buffer.from(raw, 'utf16le').toString('utf16le'), atom)
  return atom
}

function analyseUnspaced(raw: string, data: LanguageData): AnalysedAtom {
  const plain = raw.normalize('NFKC')
  const stop = data.stopWords.has(plain)
  return analysedAtom([{term: plain, start: 0, end: raw.length, stop}], gramsOf(plain, 2), plain)
}

function analyseSpaced(raw: string, language: string, data: LanguageData): AnalysedAtom {
  if (raw.length > LONGEST_WORD) return analyseLong(raw)
  const lower = lowerCase(raw, language)
  const plain = foldDiacritics(lower)
  const pieces = [{term: termOf(lower, data), start: 0, end: raw.length, stop: data.stopWords.has(lower)}]
  const parts = identifierParts(raw)
  let start = 0
  for (const part of parts) {
    const end = start + part.length
    if (parts.length > 1 && (part.length > 1 || digits.test(part))) {
      pieces.push({term: termOf(lowerCase(part, language), data), start, end, stop: false})
    }
    start = end
  }
  return analysedAtom(pieces, gramsOf(plain, GRAM_LENGTH), plain)
}

function analyseLong(raw: string): AnalysedAtom {
  const end = raw.codePointAt(LONGEST_WORD - 1)! > 0xffff ? LONGEST_WORD - 1 : LONGEST_WORD
  const plain = foldDiacritics(lowerCase(raw.slice(0, end), 'und'))
  return analysedAtom([{term: plain, start: 0, end: raw.length, stop: false}], [], plain)
}

function analysedAtom(pieces: AnalysedAtom['pieces'], grams: readonly string[], plain: string): AnalysedAtom {
  const joinedTerms = pieces.map(({term}) => term).join(' ')
  return {pieces, joinedTerms, grams, joinedGrams: grams.join(' '), plain, isNumber: digits.test(plain)}
}

function termOf(lower: string, data: LanguageData): string {
  const stem = data.stem === undefined || digits.test(lower) ? lower : data.stem(lower)
  return foldDiacritics(stem) || foldDiacritics(lower)
}

/** Overlapping grams by code point, so that no character is cut in two. */
function gramsOf(word: string, length: number): string[] {
  const characters = [...word]
  if (characters.length <= length) return [word]
  return Array.from({length: characters.length - length + 1}, (_, index) =>
    characters.slice(index, index + length).join(''),
  )
}

/** Watches atoms go by and puts together those that single joiners connect. */
class Compound {
  /** Of the compound that the last atom may go on with, itself included. */
  #parts = 0
  #term = ''
  #lastIsNumber = false
  #start = 0
  #end = -1

  /** Takes the next atom; answers the whole of the compound that ended before it, if there was one. */
  next(
    text: string,
    start: number,
    end: number,
    {plain, isNumber}: AnalysedAtom,
  ): {term: string; start: number; end: number} | undefined {
    const joiner = this.#end === start - 1 ? text[start - 1]! : ''
    const number = isNumber && this.#lastIsNumber
    const joined = joiner !== '' && (joiners.has(joiner) || (joiner === ',' && number))
    const whole = joined ? undefined : this.finish()
    // 3.14 keeps its point, for it is not 314; 1,190 is 1190.
    const fraction = joined && joiner === '.' && number
    if (joined) {
      this.#parts++
      this.#term += fraction ? `.${plain}` : plain
    } else {
      this.#start = start
      this.#parts = 1
      this.#term = plain
    }
    this.#lastIsNumber = isNumber && !fraction
    this.#end = end
    return whole
  }

  /** Ends the compound. */
  finish(): {term: string; start: number; end: number} | undefined {
    const parts = this.#parts
    this.#parts = 0
    this.#lastIsNumber = false
    if (parts < 2 || parts > LONGEST_COMPOUND || this.#term.length > LONGEST_WORD) return undefined
    return {term: this.#term, start: this.#start, end: this.#end}
  }
}

/**
 * Whether an atom is the letter or ending that an apostrophe parts from its word: `'s`, the `l'` of `l'eau`, and any
 * suffix of a Turkish name, `'de`.
 */
function isElided(text: string, start: number, end: number, language: string): boolean {
  if (isApostrophe(text[start - 1]) && isWordCharacter(text[start - 2]) && (end - start === 1 || language === 'tr'))
    return true
  return end - start === 1 && isApostrophe(text[end]) && isWordCharacter(text[end + 1])
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{Nd}]/u.test(character)
}

function isApostrophe(character: string | undefined): boolean {
  return character === "'" || character === '’'
}
