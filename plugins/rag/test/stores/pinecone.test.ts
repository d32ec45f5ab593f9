import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {PineconeDatabase} from '../../src/stores/pinecone/pinecone-database.ts'
import {PineconeService} from '../../src/stores/pinecone/pinecone-service.ts'
import {describePassageStore} from './passage-store-contract.ts'
import {startPinecone} from './pinecone-server.ts'
import {DIMENSION} from './stored-rows.ts'

const KEY = 'pcsk_secret-of-the-test'
/** Waits for nothing: the server's own time is counted in requests. */
const wait = async () => {}

for (const {name, options} of [
  {name: 'Pinecone', options: {}},
  {name: 'Pinecone, late and busy', options: {lateBy: 2, busyEvery: 13}},
]) {
  describePassageStore(name, async () => {
    const server = await startPinecone({key: KEY, dimensions: [DIMENSION], ...options})
    const directory = await mkdtemp(join(tmpdir(), 'omni-pinecone-'))
    return {
      database: tenant =>
        new PineconeDatabase({
          service: new PineconeService({apiKey: KEY, url: server.url, wait}),
          tenant,
          directory: join(directory, tenant),
        }),
      async close() {
        await server.close()
        await rm(directory, {recursive: true})
      },
    }
  })
}
