import {OmniError} from '@omni-ops/core/operation'
import {StoreFailureError, VectorDimensionError} from '../passage-store.ts'
import {RemoteStatusError} from './remote-service.ts'
import {writingAlone, type WriterOptions} from './writer.ts'

/** How a service says what is wrong, and what a person can do about it. */
export interface ServiceFailures {
  /** The service, as a person knows it. */
  readonly service: string
  /** Found in what it says of a vector that does not fit. */
  readonly dimension: RegExp
  readonly dimensionHint: string
  readonly hint: string
}

/** A collection that a service keeps: work on it is done alone where it writes, and fails in the collection's words. */
export class RemoteCollection {
  readonly name: string
  readonly #failures: ServiceFailures
  readonly #writer: WriterOptions

  constructor(name: string, failures: ServiceFailures, writer: WriterOptions) {
    this.name = name
    this.#failures = failures
    this.#writer = writer
  }

  /** @throws StoreFailureError, VectorDimensionError in place of what the service said. */
  async tried<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      throw this.#failure(error)
    }
  }

  /** The same while nobody else writes to the collection. @throws CollectionBusyError */
  async alone<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.tried(() => writingAlone(this.#writer, this.name, work))
  }

  #failure(error: unknown): unknown {
    if (this.#writer.signal?.aborted) return error
    if (error instanceof OmniError && !(error instanceof RemoteStatusError)) return error
    const {service, dimension, dimensionHint, hint} = this.#failures
    const reason = error instanceof Error ? error.message : String(error)
    if (dimension.test(reason)) {
      return new VectorDimensionError(`${service} refuses a vector of the collection ${this.name}: ${reason}`, {
        hint: dimensionHint,
        cause: error,
      })
    }
    return new StoreFailureError(`The collection ${this.name} could not be read or written in ${service}: ${reason}`, {
      hint,
      cause: error,
    })
  }
}
