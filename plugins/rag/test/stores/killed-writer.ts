import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {setTimeout as delay} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {expect} from 'vitest'
import type {Passage} from '../../src/index/passage.ts'
import {seededRandom} from '../../src/seeded-random.ts'
import type {PassageDatabase} from '../../src/stores/passage-store.ts'
import {along, DIMENSION, rowOf} from './stored-rows.ts'
import {CRASH_DOCUMENTS, passagesOfVersion} from './versions.ts'

/** How a child process opens a tenant's part of a database, and how this one does after the child was killed. */
export interface KilledWriter {
  /** Exports `openDatabase(argument): Promise<PassageDatabase>`. */
  readonly module: string
  readonly argument: string
  /** Whether the collection has vectors. */
  readonly dense: boolean
  /** How often it is killed; six times by default. */
  readonly rounds?: number
  reopen(): Promise<{readonly database: PassageDatabase; close(): Promise<void>}>
}

const child = fileURLToPath(new URL('./replacing.child.ts', import.meta.url))

/**
 * Kills a process that replaces documents, again and again and at any point of a write, and expects each document in one
 * version afterwards, the last that was acknowledged or the one after it, and a collection that goes on.
 */
export async function expectToSurviveKills({module, argument, dense, rounds = 6, reopen}: KilledWriter): Promise<void> {
  const collection = 'killed'
  const options = dense ? {dimension: DIMENSION} : {}
  const random = seededRandom(11)
  let written = -1
  for (let round = 0; round < rounds; round++) {
    const argv = [child, module, argument, collection, String(written + 1), dense ? 'dense' : 'words']
    const writer = spawn(process.execPath, argv, {stdio: ['ignore', 'pipe', 'inherit']})
    const exited = once(writer, 'exit')
    let printed = ''
    writer.stdout.on('data', data => (printed += String(data)))
    for (let line = 0; line <= round % 3; line++) await Promise.race([once(writer.stdout, 'data'), exited])
    // Not to wait for anything: so that the blow falls at any point of a write.
    await delay(Math.floor(random() * 40))
    writer.kill('SIGKILL')
    await exited
    const last = Number(printed.trim().split('\n').at(-1))
    expect(last).toBeGreaterThan(written)
    written = last
    const {database, close} = await reopen()
    try {
      const store = database.open(collection, options)
      const snapshot = await store.snapshot()
      const passages: Passage[] = []
      for await (const passage of snapshot.scan()) passages.push(passage)
      const byDocument = Map.groupBy(passages, ({documentId}) => documentId)
      for (const documentId of CRASH_DOCUMENTS) {
        const own = byDocument.get(documentId) ?? []
        if (own.length === 0) {
          expect(documentId).toBe(CRASH_DOCUMENTS[0])
          continue
        }
        const version = versionIn(own, last)
        expect(await snapshot.count({documentIds: [documentId]})).toBe(own.length)
        const filter = {documentIds: [documentId]}
        expect(await snapshot.byTerms([String(version)], {limit: 100, filter})).toHaveLength(own.length)
        const near = await snapshot.byVector(Float32Array.from(along(version % DIMENSION)), {limit: 100, filter})
        expect(near.filter(({score}) => score > 0.99)).toHaveLength(dense ? own.length : 0)
      }
      const vector = dense ? {vector: along(0)} : {}
      await store.replaceDocuments([{documentId: 'after', rows: [rowOf('after', 0, `after round${round}`, vector)]}])
      const after = await store.snapshot()
      const found = await after.byTerms([`round${round}`], {limit: 100})
      expect((await after.take(found.map(({key}) => key))).map(({id}) => id)).toEqual(['after:0'])
      await store.close()
    } finally {
      await close()
    }
  }
}

/** The one version that all passages of a document are of. */
function versionIn(passages: readonly Passage[], last: number): number {
  const versions = [...new Set(passages.map(({metadata}) => Number(metadata.version)))]
  expect(versions).toHaveLength(1)
  const version = versions[0]!
  expect(version).toBeGreaterThanOrEqual(last)
  expect(version).toBeLessThanOrEqual(last + 1)
  expect(passages.map(({ordinal}) => ordinal).toSorted((one, other) => one - other)).toEqual(
    Array.from({length: passagesOfVersion(version)}, (_, at) => at),
  )
  return version
}
