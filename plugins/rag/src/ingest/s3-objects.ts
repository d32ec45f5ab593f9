import {SourceNotFoundError} from '../documents/errors.ts'
import {PathChoice} from '../documents/path-choice.ts'
import {type S3Address, s3Source} from '../documents/s3-address.ts'
import type {LoadSurroundings} from '../loaders/load.ts'
import {FoundVersion} from './found-version.ts'
import type {S3Bucket} from './s3-bucket.ts'
import type {Found, KnownDocument} from './source-reader.ts'

export interface S3ObjectsOptions {
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly maxBytes: number
  readonly loading: LoadSurroundings
  /** What the collection has, of sources that begin so. */
  readonly known: (under: string) => Promise<ReadonlyMap<string, KnownDocument>>
}

/**
 * The objects under a prefix that a walk through files would take; those are read whose ETag is another than that of
 * what was ingested.
 *
 * @throws SourceNotFoundError where there is none, and what `S3Bucket.objects` throws.
 */
export async function* foundInBucket(
  bucket: S3Bucket,
  address: S3Address,
  options: S3ObjectsOptions,
): AsyncGenerator<Found> {
  const {maxBytes, loading, include, exclude} = options
  const place = s3Source(address.bucket, address.prefix)
  const choice = new PathChoice({include, exclude})
  let known: Promise<ReadonlyMap<string, KnownDocument>> | undefined
  let count = 0
  for await (const object of bucket.objects(address)) {
    count++
    const isNamed = object.key === address.prefix
    if (
      !isNamed &&
      !choice.isChosen(address.prefix === '' ? object.key : object.key.slice(address.prefix.length + 1))
    ) {
      continue
    }
    const source = s3Source(address.bucket, object.key)
    yield new FoundVersion({
      source,
      bytes: object.bytes,
      maxBytes,
      loading,
      hint: {name: object.key},
      version: {etag: object.etag},
      ...(object.lastModified === undefined ? {} : {origin: {last_modified: object.lastModified}}),
      known: async () => (await (known ??= options.known(place))).get(source),
      read: () => bucket.read(address.bucket, object, maxBytes),
    })
  }
  if (count === 0) throw new SourceNotFoundError(place, 'holds no objects')
}
