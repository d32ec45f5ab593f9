import {CellMemory} from '../detect/cell-memory.ts'
import type {TextDetector} from '../detect/detector.ts'
import type {EntityType} from '../detect/entity.ts'
import {jsonValueSegments} from '../formats/json.ts'
import {MalformedFileError, plainValue, type Segment} from '../formats/segment.ts'
import {maskValue} from '../mask/mask-segments.ts'
import type {PlaceholderEntry, Placeholders} from '../mask/placeholders.ts'
import type {MaskStyle} from '../mask/replacement.ts'
import {restorer} from '../mask/unmask.ts'

/** What of a database is looked at and may be replaced: texts and whole numbers. */
export type Cell = string | bigint

export interface RewrittenCell {
  /** Of the same type as what it replaces. */
  readonly value: Cell
  /** What was replaced, one for each place. */
  readonly types: readonly EntityType[]
}

/** Replaces values of a database one by one. */
export interface CellRewriter {
  /** Whether different values may come out alike, so that those of keys have to be told apart. */
  readonly merges: boolean
  /** Undefined where the value stays as it is. */
  rewrite(value: Cell, field: string): Promise<RewrittenCell | undefined>
}

export interface CellMaskerOptions {
  readonly detector: TextDetector
  readonly style: MaskStyle
  readonly placeholders: Placeholders
}

/** Replaces personal data in cells. What is valid JSON stays so; a whole number is replaced by another, for columns have types. */
export class CellMasker implements CellRewriter {
  readonly merges = true
  readonly #options: CellMaskerOptions
  readonly #detector: CellMemory

  constructor(options: CellMaskerOptions) {
    this.#options = options
    this.#detector = new CellMemory(options.detector)
  }

  async rewrite(value: Cell, field: string): Promise<RewrittenCell | undefined> {
    if (typeof value === 'bigint') return this.#integer(value, field)
    const types: EntityType[] = []
    const options = {...this.#options, detector: this.#detector, found: (type: EntityType) => void types.push(type)}
    const pieces: string[] = []
    for (const segment of jsonOf(value) ?? [plainValue(value, field)]) {
      if (segment.kind === 'copied') pieces.push(segment.raw)
      else {
        const named = segment.field === '' ? {...segment, field} : segment
        const preparing = this.#detector.prepare(named.text, {field: named.field})
        if (preparing) await preparing
        pieces.push(maskValue(named, options))
      }
    }
    return types.length === 0 ? undefined : {value: pieces.join(''), types}
  }

  async #integer(value: bigint, field: string): Promise<RewrittenCell | undefined> {
    const text = String(value)
    const preparing = this.#detector.prepare(text, {field})
    if (preparing) await preparing
    const type = this.#detector.detect(text, {field})[0]?.type
    return type && {value: this.#options.placeholders.ofInteger(type, value), types: [type]}
  }
}

/** Brings back what a map keeps. */
export class CellRestorer implements CellRewriter {
  readonly merges = false
  readonly #entries: ReadonlyMap<string, PlaceholderEntry>
  readonly #restore: ReturnType<typeof restorer>

  constructor(tag: string, entries: ReadonlyMap<string, PlaceholderEntry>) {
    this.#entries = entries
    this.#restore = restorer(tag, entries)
  }

  async rewrite(value: Cell): Promise<RewrittenCell | undefined> {
    if (typeof value === 'bigint') {
      const entry = this.#entries.get(String(value))
      return entry && {value: BigInt(entry.raw), types: [entry.type]}
    }
    const types: EntityType[] = []
    const restored = this.#restore(value, entry => void types.push(entry.type))
    return types.length === 0 ? undefined : {value: restored, types}
  }
}

/** The segments of a text that is an object or array of JSON. */
export function jsonOf(text: string): readonly Segment[] | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    JSON.parse(text)
    return jsonValueSegments(text)
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof MalformedFileError) return undefined
    throw error
  }
}
