import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {openDatabase} from './open-lancedb.ts'
import {describePassageStore} from './passage-store-contract.ts'

describePassageStore('LanceDB', async () => {
  const root = await mkdtemp(join(tmpdir(), 'omni-lancedb-'))
  const directory = (tenant: string) => join(root, tenant)
  return {
    database: tenant => openDatabase(directory(tenant)),
    crash: {module: fileURLToPath(new URL('./open-lancedb.ts', import.meta.url)), argument: directory},
    files: directory,
    close: () => rm(root, {recursive: true, force: true}),
  }
})
