import crypto from 'node:crypto'
import {mkdtemp, rm} from 'node:fs/promises'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {DeleteObjectCommand, PutObjectCommand, type PutObjectCommandInput, S3Client} from '@aws-sdk/client-s3'
import S3rver from 's3rver'
import {onTestFinished} from 'vitest'

export interface ObjectStore {
  /** What omni has to be told of it. */
  readonly env: Readonly<Record<string, string>>
  /** The objects that were read so far. */
  readonly read: string[]
  put(key: string, content: string | Uint8Array, more?: Partial<PutObjectCommandInput>): Promise<void>
  remove(key: string): Promise<void>
}

/**
 * s3rver enciphers where a page ended by DES, which today's OpenSSL leaves out. Triple DES with one key three times is
 * the same cipher (NIST SP 800-67).
 */
function allowSingleDes(): void {
  const {createCipheriv, createDecipheriv} = crypto
  const asTriple = <Make extends typeof createCipheriv | typeof createDecipheriv>(make: Make): Make =>
    ((name: string, key: Buffer, ...rest: [never]) =>
      name === 'des'
        ? make('des-ede3-cbc', Buffer.concat([key, key, key]), ...rest)
        : make(name, key, ...rest)) as unknown as Make
  crypto.createCipheriv = asTriple(createCipheriv)
  crypto.createDecipheriv = asTriple(createDecipheriv)
}
allowSingleDes()

/** An object store on this machine with the bucket `manuals`. It goes away with the test. */
export async function objectStore(): Promise<ObjectStore> {
  const directory = await mkdtemp(join(tmpdir(), 'omni-s3-'))
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{name: 'manuals', configs: []}],
  })
  const {port} = (await server.run()) as AddressInfo
  const endpoint = `http://127.0.0.1:${port}`
  // The key that s3rver knows (its README).
  const credentials = {accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER'}
  const client = new S3Client({
    endpoint,
    credentials,
    region: 'us-east-1',
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
  const read: string[] = []
  const getObject = server.store.getObject.bind(server.store)
  server.store.getObject = (bucket, key, ...rest) => {
    read.push(key)
    return getObject(bucket, key, ...rest)
  }
  onTestFinished(async () => {
    client.destroy()
    await server.close()
    await rm(directory, {recursive: true, force: true})
  })
  return {
    env: {
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    read,
    async put(key, content, more = {}) {
      await client.send(new PutObjectCommand({Bucket: 'manuals', Key: key, Body: content, ...more}))
    },
    async remove(key) {
      await client.send(new DeleteObjectCommand({Bucket: 'manuals', Key: key}))
    },
  }
}
