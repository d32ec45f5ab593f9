import {ConflictError, type Context} from '@omni-ops/core/operation'
import {describeSuppressed, type Intake, type Suppressed, Suppressions} from '@omni-ops/core/privacy'
import type {Unit} from '@omni-ops/core/store'
import type {IncomingDocument, Refusal} from './collection.ts'

/** Of documents that were about to be written, some are of persons who were erased in the meantime. */
export class ErasedMeanwhileError extends ConflictError {
  override readonly code = 'rag_erased_meanwhile'
  /** By the source of the document. */
  readonly refusals: ReadonlyMap<string, Refusal>

  constructor(refusals: ReadonlyMap<string, Refusal>) {
    super('Documents are about a person who has just been erased')
    this.refusals = refusals
  }
}

/** Which documents would bring back somebody who was erased: what they say is compared, and the bytes of their file. */
export class ErasedPersons {
  readonly #suppressions: Suppressions
  /** Why such documents are taken in all the same; undefined where they are not. */
  readonly #despite: string | undefined
  readonly #intakes = new WeakMap<IncomingDocument, Intake>()

  private constructor(suppressions: Suppressions, despite: string | undefined) {
    this.#suppressions = suppressions
    this.#despite = despite
  }

  static async open(context: Context, {despite}: {readonly despite: string | undefined}): Promise<ErasedPersons> {
    return new ErasedPersons(await Suppressions.open(context), despite)
  }

  /** Before any work is done on the documents. @returns by their source, why they are not taken in */
  async refusals(documents: readonly IncomingDocument[]): Promise<ReadonlyMap<string, Refusal>> {
    if (this.#despite !== undefined) return new Map()
    const intakes = this.#intakesOf(documents)
    return this.#refused(intakes, await this.#suppressions.among([...intakes.keys()]))
  }

  /**
   * In the unit that begins to write the documents.
   * @throws ErasedMeanwhileError
   */
  async refuse(unit: Unit, documents: readonly IncomingDocument[]): Promise<void> {
    if (this.#despite !== undefined) return
    const intakes = this.#intakesOf(documents)
    const refusals = this.#refused(intakes, await this.#suppressions.within(unit, [...intakes.keys()]))
    if (refusals.size > 0) throw new ErasedMeanwhileError(refusals)
  }

  /** For the audit log: how many of the documents were taken in despite an erasure, and why. */
  async exceptions(documents: readonly IncomingDocument[]): Promise<Readonly<Record<string, string | number>>> {
    if (this.#despite === undefined) return {}
    const suppressed = await this.#suppressions.among([...this.#intakesOf(documents).keys()])
    return suppressed.size === 0 ? {} : {of_erased_persons: suppressed.size, despite_erasure: this.#despite}
  }

  #intakesOf(documents: readonly IncomingDocument[]): ReadonlyMap<Intake, string> {
    return new Map(
      documents.map(document => {
        const {source, title, text, metadata, contentHash} = document
        const intake = this.#intakes.get(document) ?? {words: [source, title, text, metadata], contentHash}
        this.#intakes.set(document, intake)
        return [intake, source]
      }),
    )
  }

  #refused(
    sources: ReadonlyMap<Intake, string>,
    suppressed: ReadonlyMap<Intake, Suppressed>,
  ): ReadonlyMap<string, Refusal> {
    return new Map(
      [...suppressed].map(([intake, why]) => {
        const message = `is not taken in: ${describeSuppressed(why)}; --despite-erasure REASON takes it in all the same`
        return [sources.get(intake)!, {reason: 'erased_person', message}] as const
      }),
    )
  }
}
