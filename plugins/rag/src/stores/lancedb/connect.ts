import {availableParallelism} from 'node:os'
import type {Connection} from '@lancedb/lancedb'

/** What LanceDB may keep of indexes and of files' metadata between searches, in bytes; left alone, 6 GB and 1 GB. */
const INDEX_CACHE = 640n * 1024n * 1024n
const METADATA_CACHE = 64n * 1024n * 1024n

/**
 * Bounds of the engine's memory that it takes from the environment alone, and reads once in the life of a process; what
 * the user has set himself stays. With its own defaults, building the text indexes of 200,000 passages takes half a
 * gigabyte more. See "Configuration" in LanceDB's docs of the full-text index, https://lance.org/format/index/scalar/fts/
 */
const bounds: Readonly<Record<string, string>> = {
  /** Rows read at once. Those of passages are wide: thousands of characters, 8,192 of them in the default. */
  LANCE_DEFAULT_BATCH_SIZE: '1024',
  /** Each worker's share of a text index before it is written out, in MiB, and how many workers there are. */
  LANCE_FTS_PARTITION_SIZE: '256',
  LANCE_FTS_NUM_SHARDS: String(Math.min(4, availableParallelism())),
}

/**
 * Loads LanceDB and opens a directory, or a prefix of an object store, of tables.
 * @param storageOptions what the engine is told of the store beside the environment.
 */
export async function connectTo(
  uri: string,
  storageOptions: Readonly<Record<string, string>> = {},
): Promise<Connection> {
  for (const [name, value] of Object.entries(bounds)) process.env[name] ??= value
  const {connect, Session} = await import('@lancedb/lancedb')
  return connect(uri, {session: new Session(INDEX_CACHE, METADATA_CACHE), storageOptions: {...storageOptions}})
}
