import {CharacterClass, classOf} from './character-class.ts'
import {fold} from './fold.ts'
import {findNumberRuns, type NumberRun} from './number-run.ts'
import type {Lexicon} from './lexicon/lexicon.ts'
import {type TokenKind, type Tokens, tokenize} from './tokens.ts'

/** A text as recognizers see it: normalised, with its words and numbers. */
export class TextDocument {
  readonly text: string
  /** The name of the column or key that holds the text, folded into words; empty where there is none. */
  readonly field: readonly string[]
  readonly tokens: Tokens
  readonly numberRuns: readonly NumberRun[]
  readonly #folded: (string | undefined)[] = []
  readonly #known: (number | undefined)[] = []

  constructor(text: string, field = '') {
    this.text = text
    this.field = fieldWords(field)
    this.tokens = tokenize(text)
    this.numberRuns = findNumberRuns(text)
  }

  start(token: number): number {
    return this.tokens.starts[token] as number
  }

  end(token: number): number {
    return this.tokens.ends[token] as number
  }

  kind(token: number): TokenKind {
    return this.tokens.kinds[token] as TokenKind
  }

  word(token: number): string {
    return this.text.slice(this.tokens.starts[token], this.tokens.ends[token])
  }

  folded(token: number): string {
    const known = this.#folded[token]
    if (known !== undefined) return known
    const folded = fold(this.word(token))
    this.#folded[token] = folded
    return folded
  }

  /** What a lexicon knows of a word; one lexicon per document. */
  known(token: number, lexicon: Lexicon): number {
    const remembered = this.#known[token]
    if (remembered !== undefined) return remembered
    const known = lexicon.of(this.folded(token))
    this.#known[token] = known
    return known
  }

  /** What stands between a token and the next one. */
  gap(token: number): string {
    return this.text.slice(this.tokens.ends[token], this.tokens.starts[token + 1])
  }

  /** Whether only spaces and at most `newlines` line ends stand between two offsets. */
  isBlank(from: number, to: number, newlines = 0): boolean {
    let left = newlines
    for (let at = from; at < to; at++) {
      const found = classOf(this.text.charCodeAt(at))
      if (found === CharacterClass.newline) left--
      else if (found !== CharacterClass.space) return false
    }
    return left >= 0
  }
}

/** Words by name: a table asks for the same few names again and again. */
const remembered = new Map<string, readonly string[]>()
const mostRemembered = 1000
const noWords: readonly string[] = []

/** `dateOfBirth`, `date_of_birth` and `Date of birth` are the same three words. */
export function fieldWords(field: string): readonly string[] {
  if (field === '') return noWords
  const known = remembered.get(field)
  if (known) return known
  if (remembered.size >= mostRemembered) remembered.clear()
  const words = field
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(word => word !== '')
    .map(fold)
  remembered.set(field, words)
  return words
}
