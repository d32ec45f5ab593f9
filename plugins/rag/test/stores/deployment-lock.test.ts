import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import pg from 'pg'
import {afterAll, beforeAll, describe, expect, it, test} from 'vitest'
import {missingPostgres, startPostgres, type TestPostgres} from '../../../../src/testing/postgres.ts'
import {deploymentLock} from '../../src/stores/remote/deployment-lock.ts'
import {WeaviateDatabase} from '../../src/stores/weaviate/weaviate-database.ts'
import {WeaviateService} from '../../src/stores/weaviate/weaviate-service.ts'
import {CollectionBusyError} from '../../src/stores/writer-lock.ts'
import {documentOf} from './stored-rows.ts'
import {startWeaviate} from './weaviate-server.ts'

const KEY = 'secret-of-the-test'
const unavailable = missingPostgres()

if (unavailable !== undefined) {
  test('locks of a deployment', context => {
    process.stderr.write(`Locks of a deployment are not tested: ${unavailable}\n`)
    context.skip(unavailable)
  })
}

describe.skipIf(unavailable !== undefined)('locks of a deployment', () => {
  let server: TestPostgres
  let pool: pg.Pool
  let directory: string

  beforeAll(async () => {
    server = await startPostgres()
    pool = new pg.Pool({connectionString: await server.emptyDatabase()})
    directory = await mkdtemp(join(tmpdir(), 'omni-lock-'))
  })
  afterAll(async () => {
    await pool?.end()
    await server?.stop()
    await rm(directory, {recursive: true})
  })

  it('lets two machines write a collection of a service one after the other', async () => {
    const weaviate = await startWeaviate({key: KEY})
    const service = new WeaviateService({url: weaviate.url, apiKey: KEY})
    const machines = ['one', 'two'].map(machine => {
      const lockEverywhere = deploymentLock(pool, 'weaviate', 'acme')
      const database = new WeaviateDatabase({
        service,
        tenant: 'acme',
        directory: join(directory, machine),
        lockEverywhere,
      })
      return database.open('contested')
    })
    let writing = 0
    let together = 0
    const before = async () => {
      writing++
      if (writing > 1) together++
    }
    await Promise.all(
      Array.from({length: 6}, async (_, version) => {
        const texts = Array.from({length: 1 + version}, (__, part) => `v${version} part${part}`)
        await machines[version % 2]!.replaceDocuments([documentOf('contested', texts)], async () => {
          await before()
          await service.version()
          writing--
        })
      }),
    )
    expect(together).toBe(0)
    const passages = await (await machines[0]!.snapshot()).ofDocuments(['contested'])
    const versions = new Set(passages.map(({text}) => text.split(' ')[0]))
    expect(versions.size).toBe(1)
    expect(passages).toHaveLength(1 + Number([...versions][0]!.slice(1)))
    await weaviate.close()
  })

  it('says who is in the way when that takes too long, and takes the lock of one that is gone', async () => {
    const held = await deploymentLock(pool, 'pinecone', 'acme')('notes')
    const impatient = deploymentLock(pool, 'pinecone', 'acme', 1)
    await expect(impatient('notes')).rejects.toBeInstanceOf(CollectionBusyError)
    await (
      await impatient('others')
    )()
    await (
      await deploymentLock(pool, 'pinecone', 'globex', 1)('notes')
    )()
    await held()
    const again = await deploymentLock(pool, 'pinecone', 'acme')('notes')
    await again()
  })
})
