import {type ErrorOptions, FailureError} from '@omni-ops/core/operation'

/**
 * Why a document could not be had. Stable: reports, tests and scripts match on it.
 * `changed` may pass on another run; the others stay until the file, the limits or the rights change.
 */
export type DocumentErrorReason =
  | 'binary'
  | 'changed'
  | 'corrupt'
  | 'empty'
  | 'encrypted'
  | 'name_not_utf8'
  | 'not_found'
  | 'refused_address'
  | 'timeout'
  | 'too_large'
  | 'unreadable'
  | 'unsupported'

/** One document could not be loaded; the others are not affected. */
export abstract class DocumentError extends FailureError {
  abstract readonly reason: DocumentErrorReason
  readonly source: string

  constructor(source: string, message: string, options: ErrorOptions = {}) {
    super(`${source}: ${message}`, options)
    this.source = source
  }

  override get code(): string {
    return `document_${this.reason}`
  }
}
