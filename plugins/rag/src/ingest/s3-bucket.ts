import type {_Object, GetObjectCommandOutput, S3Client, S3ClientConfig} from '@aws-sdk/client-s3'
import {proxiedAgents} from '@omni-ops/core/net'
import {CancelledError, type Context, NotConfiguredError} from '@omni-ops/core/operation'
import {
  ChangedWhileReadError,
  DocumentError,
  DocumentTooLargeError,
  SourceNotFoundError,
  UnreadableFileError,
} from '../documents/errors.ts'
import {type S3Address, s3Source} from '../documents/s3-address.ts'

/** Nothing says with which key objects are read. */
export class S3CredentialsMissingError extends NotConfiguredError {
  override readonly code = 'rag_s3_credentials_missing'
}

export interface S3Object {
  readonly key: string
  readonly bytes: number
  /** Changes with the content (S3 API, Object: ETag). */
  readonly etag: string
  /** ISO 8601. */
  readonly lastModified: string | undefined
}

/** Objects of Amazon S3, or of a store that speaks its protocol. The SDK is loaded at the first request. */
export class S3Bucket {
  readonly #config: S3ClientConfig
  readonly #signal: AbortSignal
  #client: Promise<S3Client> | undefined

  constructor(config: S3ClientConfig, signal: AbortSignal) {
    this.#config = config
    this.#signal = signal
  }

  /**
   * The object of that very key, and all whose keys begin with it and a slash, page by page.
   *
   * @throws SourceNotFoundError, UnreadableFileError, S3CredentialsMissingError, CancelledError
   */
  async *objects({bucket, prefix}: S3Address): AsyncGenerator<S3Object> {
    const source = s3Source(bucket, prefix)
    const {ListObjectsV2Command} = await import('@aws-sdk/client-s3')
    const client = await this.#connected()
    const list = (Prefix: string, more: {MaxKeys?: number; ContinuationToken?: string | undefined}) =>
      this.#within(source, () =>
        client.send(new ListObjectsV2Command({Bucket: bucket, Prefix, ...more}), {abortSignal: this.#signal}),
      )
    if (prefix !== '') {
      // Keys come in their order: one that is the prefix itself comes first.
      const {Contents: [first] = []} = await list(prefix, {MaxKeys: 1})
      if (first?.Key === prefix) yield objectOf(first)
    }
    let token: string | undefined
    do {
      const page = await list(prefix === '' ? '' : `${prefix}/`, {ContinuationToken: token})
      // What consoles show as a folder may be an object without content.
      for (const each of page.Contents ?? []) if (!each.Key!.endsWith('/')) yield objectOf(each)
      token = page.NextContinuationToken
    } while (token !== undefined)
  }

  /**
   * An object's content, of the version that was listed.
   *
   * @throws DocumentTooLargeError, ChangedWhileReadError, SourceNotFoundError, UnreadableFileError, CancelledError
   */
  async read(bucket: string, {key, etag}: S3Object, maxBytes: number): Promise<Uint8Array> {
    const source = s3Source(bucket, key)
    const {GetObjectCommand} = await import('@aws-sdk/client-s3')
    const client = await this.#connected()
    return this.#within(source, async () => {
      const command = new GetObjectCommand({Bucket: bucket, Key: key, IfMatch: etag})
      const answer = await client.send(command, {abortSignal: this.#signal})
      // Some stores pass over the condition.
      if (answer.ETag !== etag) throw changed(source)
      const bytes = await bodyOf(answer, source, maxBytes)
      return answer.ContentEncoding === 'gzip' ? unpacked(bytes, source, maxBytes) : bytes
    })
  }

  async close(): Promise<void> {
    ;(await this.#client)?.destroy()
  }

  #connected(): Promise<S3Client> {
    return (this.#client ??= import('@aws-sdk/client-s3').then(({S3Client}) => new S3Client(this.#config)))
  }

  /** Does something with the store, and says of its errors what they mean for the source. */
  async #within<T>(source: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (this.#signal.aborted) throw new CancelledError()
      if (error instanceof DocumentError || !(error instanceof Error)) throw error
      throw meant(error, source)
    }
  }
}

/** How the settings say that the store is reached; what they leave open the SDK finds in AWS' own files and variables. */
export function s3ConfigFrom({settings}: Pick<Context, 'settings'>): S3ClientConfig {
  const text = (name: string) => settings.get(`rag.s3_${name}`) as string | undefined
  const [endpoint, region, id, secret, token] = [
    text('endpoint'),
    text('region'),
    text('access_key_id'),
    text('secret_access_key'),
    text('session_token'),
  ]
  return {
    // Other stores than Amazon's seldom have a host name for each bucket.
    ...(endpoint === undefined ? {} : {endpoint, forcePathStyle: true, region: region ?? 'us-east-1'}),
    ...(region === undefined ? {} : {region}),
    ...(id === undefined || secret === undefined
      ? {}
      : {credentials: {accessKeyId: id, secretAccessKey: secret, ...(token && {sessionToken: token})}}),
    requestHandler: proxiedAgents(new URL(endpoint ?? `https://s3.${region ?? 'us-east-1'}.amazonaws.com`)),
    // Other stores do not know the checksums that Amazon has added since.
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestChecksumCalculation: 'WHEN_REQUIRED',
  }
}

function objectOf({Key, Size, ETag, LastModified}: _Object): S3Object {
  return {key: Key!, bytes: Size ?? 0, etag: ETag ?? '', lastModified: LastModified?.toISOString()}
}

async function bodyOf({Body}: GetObjectCommandOutput, source: string, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of Body as AsyncIterable<Uint8Array>) {
    length += part.length
    if (length > maxBytes) throw tooLarge(source, maxBytes)
    parts.push(part)
  }
  return Buffer.concat(parts)
}

async function unpacked(bytes: Uint8Array, source: string, maxBytes: number): Promise<Uint8Array> {
  const {gunzipSync} = await import('node:zlib')
  try {
    return gunzipSync(bytes, {maxOutputLength: maxBytes})
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(source, maxBytes)
    throw new UnreadableFileError(source, 'cannot be unpacked', {cause: error})
  }
}

function changed(source: string): ChangedWhileReadError {
  return new ChangedWhileReadError(source, 'changed while it was read', {hint: 'ingest it again'})
}

function tooLarge(source: string, maxBytes: number): DocumentTooLargeError {
  return new DocumentTooLargeError(source, `is larger than ${Math.round(maxBytes / 1e6)} MB`, {
    hint: 'raise rag.max_file_mb',
  })
}

/** The store's error codes (S3 API, "Error responses") as what they mean here. */
function meant(error: Error, source: string): Error {
  switch (error.name) {
    case 'NoSuchBucket':
    case 'NoSuchKey':
    case 'NotFound':
      return new SourceNotFoundError(source, 'does not exist', {cause: error})
    case 'PreconditionFailed':
      return changed(source)
    case 'InvalidObjectState':
      return new UnreadableFileError(source, 'is archived, and must be restored before it is read', {cause: error})
    case 'AccessDenied':
    case 'Forbidden':
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
    case 'ExpiredToken':
      return new UnreadableFileError(source, `may not be read: ${error.name}`, {cause: error})
    case 'CredentialsProviderError':
      return new S3CredentialsMissingError('Nothing says with which key the objects of S3 are read', {
        hint: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE',
        cause: error,
      })
    default:
      return new UnreadableFileError(source, `cannot be read: ${error.message || error.name}`, {cause: error})
  }
}
