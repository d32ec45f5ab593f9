import {randomUUID} from 'node:crypto'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {WeaviateDatabase} from '../../src/stores/weaviate/weaviate-database.ts'
import {WeaviateService} from '../../src/stores/weaviate/weaviate-service.ts'
import {test} from 'vitest'
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

const live = process.env.WEAVIATE_URL
if (live === undefined) {
  test('PassageStore on the real Weaviate', context => {
    process.stderr.write('The real Weaviate is not tested: WEAVIATE_URL is not set\n')
    context.skip('WEAVIATE_URL is not set')
  })
} else {
  describePassageStore('the real Weaviate', async () => {
    const service = new WeaviateService({url: live, apiKey: process.env.WEAVIATE_API_KEY})
    const directory = await mkdtemp(join(tmpdir(), 'omni-weaviate-'))
    const run = randomUUID()
    const made = new Map<string, WeaviateDatabase>()
    return {
      database(tenant) {
        const database = new WeaviateDatabase({service, tenant: `${tenant}-${run}`, directory: join(directory, tenant)})
        made.set(tenant, database)
        return database
      },
      async close() {
        for (const database of made.values()) await database.removeTenant()
        await rm(directory, {recursive: true})
      },
    }
  })
}
