import {join} from 'node:path'
import {LanceDbDatabase} from '../../src/stores/lancedb/lancedb-database.ts'
import type {PassageDatabase} from '../../src/stores/passage-store.ts'

/** A tenant's part of an object store on this machine. */
export interface ObjectStorePart {
  /** Of the files that stay on this machine. */
  readonly root: string
  readonly tenant: string
  /** Where s3rver listens. */
  readonly port: number
}

/** @param argument an ObjectStorePart as JSON. */
export async function openDatabase(argument: string): Promise<PassageDatabase> {
  const {root, tenant, port} = JSON.parse(argument) as ObjectStorePart
  const storageOptions = {
    // The key that s3rver knows (its README).
    aws_access_key_id: 'S3RVER',
    aws_secret_access_key: 'S3RVER',
    aws_region: 'us-east-1',
    aws_endpoint: `http://127.0.0.1:${port}`,
    allow_http: 'true',
  }
  return new LanceDbDatabase({directory: join(root, tenant), uri: `s3://passages/team/${tenant}`, storageOptions})
}
