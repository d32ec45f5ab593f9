import type {EntityType} from '../detect/entity.ts'

/** What a placeholder stands for. */
export interface PlaceholderEntry {
  readonly type: EntityType
  /** As it stood in the file. */
  readonly raw: string
  /** A JSON number: the quotes around the placeholder go with it. */
  readonly bare: boolean
}

/** Where the numbers of runs that can be brought back begin: no card, phone or account number has 19 digits and an 8 in front. */
const firstTagged = 8_000_000_000_000_000_000n
const numbersOfATag = 1n << 28n

/** Numbers values, the same one always the same, and remembers them where they are to be brought back. */
export class Placeholders {
  readonly #tag: string
  readonly #numbers = new Map<string, string>()
  readonly #counts = new Map<EntityType, number>()
  readonly #entries = new Map<string, PlaceholderEntry>()
  readonly #integers = new Map<string, bigint>()
  readonly #firstInteger: bigint
  readonly #reversible: boolean

  /** A tag makes the placeholders of one run unlike any text; without one they can't be brought back. */
  constructor(tag?: string) {
    this.#tag = tag === undefined ? '' : `_${tag}`
    this.#reversible = tag !== undefined
    this.#firstInteger = tag === undefined ? 0n : firstTagged + BigInt(`0x${tag.slice(0, 8)}`) * numbersOfATag
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

  /** A negative 64-bit integer for a value that has to stay one: -1, -2 …, or with a tag one that no data holds by chance. */
  ofInteger(type: EntityType, value: bigint): bigint {
    const raw = String(value)
    const known = this.#integers.get(raw)
    if (known !== undefined) return known
    const integer = -(this.#firstInteger + BigInt(this.#integers.size + 1))
    this.#integers.set(raw, integer)
    if (this.#reversible) this.#entries.set(String(integer), {type, raw, bare: true})
    return integer
  }

  get entries(): ReadonlyMap<string, PlaceholderEntry> {
    return this.#entries
  }
}
