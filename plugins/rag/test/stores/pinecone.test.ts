import {randomUUID} from 'node:crypto'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {PineconeDatabase} from '../../src/stores/pinecone/pinecone-database.ts'
import {PineconeService} from '../../src/stores/pinecone/pinecone-service.ts'
import {test} from 'vitest'
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

const live = process.env.PINECONE_API_KEY
if (live === undefined) {
  test('PassageStore on the real Pinecone', context => {
    process.stderr.write('The real Pinecone is not tested: PINECONE_API_KEY is not set\n')
    context.skip('PINECONE_API_KEY is not set')
  })
} else {
  describePassageStore('the real Pinecone', async () => {
    const service = new PineconeService({apiKey: live, url: process.env.PINECONE_CONTROLLER_HOST})
    const directory = await mkdtemp(join(tmpdir(), 'omni-pinecone-'))
    const run = randomUUID()
    const made = new Map<string, PineconeDatabase>()
    return {
      database(tenant) {
        const database = new PineconeDatabase({service, tenant: `${tenant}-${run}`, directory: join(directory, tenant)})
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
