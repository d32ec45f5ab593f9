import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {WeaviateDatabase} from '../../src/stores/weaviate/weaviate-database.ts'
import {WeaviateService} from '../../src/stores/weaviate/weaviate-service.ts'
import {describePassageStore} from './passage-store-contract.ts'
import {startWeaviate} from './weaviate-server.ts'

const KEY = 'secret-of-the-test'
/** Waits for nothing: the server's own time is counted in requests. */
const wait = async () => {}

for (const {name, options} of [
  {name: 'Weaviate', options: {}},
  {name: 'Weaviate, busy and with small results', options: {busyEvery: 7, mostResults: 500}},
]) {
  describePassageStore(name, async () => {
    const server = await startWeaviate({key: KEY, ...options})
    const directory = await mkdtemp(join(tmpdir(), 'omni-weaviate-'))
    return {
      database: tenant =>
        new WeaviateDatabase({
          service: new WeaviateService({url: server.url, apiKey: KEY, wait}),
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
