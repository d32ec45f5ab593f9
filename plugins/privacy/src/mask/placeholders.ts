import type {EntityType} from '../detect/entity.ts'

/** What a placeholder stands for. */
export interface PlaceholderEntry {
  readonly type: EntityType
  /** As it stood in the file. */
  readonly raw: string
  /** A JSON number: the quotes around the placeholder go with it. */
  readonly bare: boolean
}

/** Numbers values, the same one always the same, and remembers them where they are to be brought back. */
export class Placeholders {
  readonly #tag: string
  readonly #numbers = new Map<string, string>()
  readonly #counts = new Map<EntityType, number>()
  readonly #entries = new Map<string, PlaceholderEntry>()
  readonly #reversible: boolean

  /** A tag makes the placeholders of one run unlike any text; without one they can't be brought back. */
  constructor(tag?: string) {
    this.#tag = tag === undefined ? '' : `_${tag}`
    this.#reversible = tag !== undefined
  }

  of(entry: PlaceholderEntry): string {
    const key = `${entry.type}\0${entry.bare ? 1 : 0}\0${entry.raw}`
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = (this.#counts.get(entry.type) ?? 0) + 1
    const placeholder = `[${entry.type}_${number}${this.#tag}]`
    this.#counts.set(entry.type, number)
    this.#numbers.set(key, placeholder)
    if (this.#reversible) this.#entries.set(placeholder, entry)
    return placeholder
  }

  get entries(): ReadonlyMap<string, PlaceholderEntry> {
    return this.#entries
  }
}
