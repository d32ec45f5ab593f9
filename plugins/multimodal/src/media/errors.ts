import {InvalidInputError} from '@omni-ops/core/operation'

/** A file cannot be used: damaged, of no kind that is read, or made to harm. */
export class UnusableMediaError extends InvalidInputError {
  override readonly code: string = 'media_unusable'
}

/** A file is above a limit: of bytes, pixels, pages or time. */
export class MediaTooLargeError extends UnusableMediaError {
  override readonly code = 'media_too_large'
}

/** A file is locked with a password. */
export class MediaEncryptedError extends UnusableMediaError {
  override readonly code = 'media_encrypted'
}
