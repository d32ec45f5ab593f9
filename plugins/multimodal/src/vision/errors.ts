import {NotConfiguredError, OmniError, ExitCode} from '@omni-ops/core/operation'

/** There is no data for a language that text is to be recognised in. */
export class UnknownLanguageError extends NotConfiguredError {
  override readonly code = 'ocr_language_missing'
}

/** The engine that recognises text could not start, or ended. */
export class RecognitionFailedError extends OmniError {
  readonly code = 'ocr_failed'
  readonly exitCode = ExitCode.failure
  readonly httpStatus = 500
}

/** Recognising a page took longer than the limit. */
export class RecognitionTimeoutError extends OmniError {
  readonly code = 'ocr_timeout'
  readonly exitCode = ExitCode.failure
  readonly httpStatus = 422
}
