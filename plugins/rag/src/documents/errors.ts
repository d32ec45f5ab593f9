import {type ErrorOptions, ExitCode, InvalidInputError, OmniError} from '@omni-ops/core/operation'

/**
 * Why a document could not be had. Stable: reports, tests and scripts match on it. `changed`, `timeout` and
 * `unreadable` may pass on another run; the others stay until the file, the limits or the rights change.
 */
export type DocumentErrorReason =
  | 'binary'
  | 'changed'
  | 'corrupt'
  | 'disallowed'
  | 'empty'
  | 'encrypted'
  | 'name_not_utf8'
  | 'not_found'
  | 'personal_data'
  | 'refused_address'
  | 'timeout'
  | 'too_large'
  | 'unreadable'
  | 'unsupported'

/** One document could not be loaded; the others are not affected. The message does not repeat the source. */
export abstract class DocumentError extends OmniError {
  abstract readonly reason: DocumentErrorReason
  readonly exitCode = ExitCode.failure
  readonly httpStatus = 422
  readonly source: string

  constructor(source: string, message: string, options: ErrorOptions = {}) {
    super(message, {details: {source}, ...options})
    this.source = source
  }
}

/** The content is no text and no format that is read: an image, an archive, a program. */
export class BinaryFileError extends DocumentError {
  readonly code = 'document_binary'
  readonly reason = 'binary'
}

/** The file was written to while it was read, twice in a row. */
export class ChangedWhileReadError extends DocumentError {
  readonly code = 'document_changed'
  readonly reason = 'changed'
}

/** The content is not what its format demands: cut off, damaged, or made to harm. */
export class CorruptDocumentError extends DocumentError {
  readonly code = 'document_corrupt'
  readonly reason = 'corrupt'
}

/** The site's robots.txt asks programs not to fetch it. */
export class DisallowedByRobotsError extends DocumentError {
  readonly code = 'document_disallowed'
  readonly reason = 'disallowed'
}

/** There is no text in it: no bytes, only white space, or only pictures of text. */
export class EmptyDocumentError extends DocumentError {
  readonly code = 'document_empty'
  readonly reason = 'empty'
}

/** A password is needed to read it. */
export class EncryptedDocumentError extends DocumentError {
  readonly code = 'document_encrypted'
  readonly reason = 'encrypted'
}

/** The name is no UTF-8, so that it could not be shown or cited. */
export class NameNotUtf8Error extends DocumentError {
  readonly code = 'document_name_not_utf8'
  readonly reason = 'name_not_utf8'
}

/** There is nothing by that name. */
export class SourceNotFoundError extends DocumentError {
  readonly code = 'document_not_found'
  readonly reason = 'not_found'
}

/** It holds personal data, and such documents are refused. */
export class PersonalDataError extends DocumentError {
  readonly code = 'document_personal_data'
  readonly reason = 'personal_data'
}

/** The URL leads to an address that is not public. */
export class RefusedAddressError extends DocumentError {
  readonly code = 'document_refused_address'
  readonly reason = 'refused_address'
}

/** Reading it took longer than the limit. */
export class LoadTimeoutError extends DocumentError {
  readonly code = 'document_timeout'
  readonly reason = 'timeout'
}

/** The content, or the text in it, is above a limit. */
export class DocumentTooLargeError extends DocumentError {
  readonly code = 'document_too_large'
  readonly reason = 'too_large'
}

/** The system refuses it: no permission, no regular file, a failing disk or network. */
export class UnreadableFileError extends DocumentError {
  readonly code = 'document_unreadable'
  readonly reason = 'unreadable'
}

/** The format is known, but not read. */
export class UnsupportedFormatError extends DocumentError {
  readonly code = 'document_unsupported'
  readonly reason = 'unsupported'
}

/** A walk could not get at it; the reason is the walk's. */
export class SkippedSourceError extends DocumentError {
  readonly code = 'document_skipped'
  readonly reason: DocumentErrorReason

  constructor(source: string, message: string, reason: DocumentErrorReason | 'special_file' | 'symbolic_link') {
    super(source, message)
    this.reason = reason === 'special_file' || reason === 'symbolic_link' ? 'unreadable' : reason
  }
}

/** Blocks that came from outside are not those of their text. */
export class InvalidBlocksError extends InvalidInputError {
  override readonly code = 'invalid_blocks'
}
