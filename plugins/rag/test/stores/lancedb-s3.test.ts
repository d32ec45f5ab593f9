import {mkdtemp, rm} from 'node:fs/promises'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import S3rver from 's3rver'
import {type ObjectStorePart, openDatabase} from './open-lancedb-s3.ts'
import {describePassageStore} from './passage-store-contract.ts'

describePassageStore('LanceDB in an object store', async () => {
  const root = await mkdtemp(join(tmpdir(), 'omni-s3-'))
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: join(root, 'objects'),
    configureBuckets: [{name: 'passages', configs: []}],
  })
  listDeepFolders(server.store)
  const {port} = (await server.run()) as AddressInfo
  const part = (tenant: string) => JSON.stringify({root, tenant, port} satisfies ObjectStorePart)
  return {
    database: tenant => openDatabase(part(tenant)),
    crash: {module: fileURLToPath(new URL('./open-lancedb-s3.ts', import.meta.url)), argument: part},
    runs: 4,
    close: async () => {
      await server.close()
      await rm(root, {recursive: true, force: true})
    },
  }
})

/**
 * s3rver does not tell of a folder that holds nothing but folders, as S3 does (ListObjectsV2, CommonPrefixes): a
 * table's folder is one. It does list all objects, from which the folders follow.
 */
function listDeepFolders(store: S3rver['store']): void {
  const list = store.listObjects.bind(store)
  store.listObjects = async (bucket, options) => {
    const {delimiter, prefix = ''} = options
    if (!delimiter) return list(bucket, options)
    const {objects, ...all} = await list(bucket, {...options, delimiter: '', maxKeys: 1_000_000})
    const end = (key: string) => key.indexOf(delimiter, prefix.length)
    const folders = objects.filter(({key}) => end(key) >= 0).map(({key}) => key.slice(0, end(key) + 1))
    return {
      ...all,
      objects: objects.filter(({key}) => end(key) < 0),
      commonPrefixes: [...new Set(folders)].toSorted(),
      isTruncated: false,
    }
  }
}
