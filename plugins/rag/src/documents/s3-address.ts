import {InvalidInputError} from '@omni-ops/core/operation'

/** Objects of a bucket whose keys begin so. */
export interface S3Address {
  readonly bucket: string
  /** Without a slash at its end; nothing for the whole bucket. */
  readonly prefix: string
}

/** What names no bucket. */
export class InvalidS3AddressError extends InvalidInputError {
  override readonly code = 'rag_invalid_s3_address'
}

/** Whether an input is a bucket, or a prefix in one. */
export function isS3Url(input: string): boolean {
  return /^s3:\/\//i.test(input)
}

/** What Amazon allows for a bucket's name (S3 User Guide, "General purpose bucket naming rules"). */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/

/**
 * `s3://bucket/prefix`, keys as they are, without escapes, as the AWS CLI has it.
 *
 * @throws InvalidS3AddressError
 */
export function parseS3Url(input: string): S3Address {
  const place = input.slice('s3://'.length)
  const slash = place.indexOf('/')
  const bucket = slash < 0 ? place : place.slice(0, slash)
  if (!BUCKET.test(bucket) || bucket.includes('..')) {
    throw new InvalidS3AddressError(`${input} names no bucket`, {hint: 's3://bucket/prefix'})
  }
  return {bucket, prefix: slash < 0 ? '' : place.slice(slash + 1).replace(/\/+$/, '')}
}

/** How an object is named in answers. */
export function s3Source(bucket: string, key: string): string {
  return key === '' ? `s3://${bucket}` : `s3://${bucket}/${key}`
}
