import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {readdirSync, utimesSync} from 'node:fs'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {setImmediate} from 'node:timers/promises'
import type {Store} from '@omni-ops/core/store'
import {sqliteDatabases, unitContext} from '@omni-ops/core/testing'
import {describe, expect, onTestFinished, test, vi} from 'vitest'
import type {QuantityTables} from '../../src/metering/tables.ts'
import {CallJournal} from '../../src/ledger/call-journal.ts'
import {Ledger} from '../../src/ledger/ledger.ts'
import {callRecord} from '../../src/ledger/ledger-writes.ts'
import type {LedgerTables} from '../../src/ledger/tables.ts'
import {attemptsOf} from '../../src/ledger/trail.ts'
import {migrations} from '../../src/migrations.ts'
import {systemTiming, type Timing} from '../../src/routing/timing.ts'
import {ledgerEntry} from '../support/ledger-entry.ts'

const program = join(import.meta.dirname, '..', 'support', 'ledger-process.ts')
const databases = sqliteDatabases()
const {tenant} = unitContext()
/** Nothing is moved on by the clock. */
const stopped: Timing = {...systemTiming, after: () => () => {}}

/** A process that writes calls down, and the ids of those that it was told are written. */
function writer(url: string, name: string, count: number) {
  const child = spawn(process.execPath, [program, url, name, String(count)], {stdio: ['ignore', 'pipe', 'inherit']})
  const written: string[] = []
  const lines = createInterface({input: child.stdout})
  lines.on('line', id => written.push(id))
  const ended = Promise.all([once(child, 'close'), once(lines, 'close')])
  return {child, written, lines, ended}
}

async function idsOf(store: Store): Promise<string[]> {
  const rows = await store.read<LedgerTables>(tenant).selectFrom('llm_requests').select('id').orderBy('id').execute()
  return rows.map(({id}) => id)
}

/** What is in the files of the journal. */
function journalled(store: Store): string[] {
  return [...new CallJournal(store.location).others()].flatMap(({calls}) => calls.map(({record}) => record.request.id))
}

async function attempted(store: Store): Promise<string[]> {
  const database = store.read<LedgerTables>(tenant)
  const rows = await database.selectFrom('llm_attempts').select('request').orderBy('request').execute()
  return rows.map(({request}) => request)
}

async function opened(): Promise<{store: Store; url: string}> {
  const database = await databases.create(migrations)
  const store = await database.open()
  onTestFinished(() => store.close())
  return {store, url: database.url}
}

describe('calls that end one after the other', () => {
  test('are all there, each once, whenever their process is killed', async () => {
    const {store, url} = await opened()
    const written: string[] = []
    for (let round = 0; round < 6; round += 1) {
      const {child, lines, ended, written: said} = writer(url, `r${round}`, 100_000)
      // Before the journal is used, in it, and about where it is moved on.
      const stopAfter = 5 + Math.floor(Math.random() * 150)
      lines.on('line', () => {
        if (said.length === stopAfter) child.kill('SIGKILL')
      })
      await ended
      written.push(...said)
    }
    const ledger = new Ledger(store, systemTiming)
    // Two that come by at once take nothing from each other.
    await Promise.all([ledger.complete(unitContext()), new Ledger(store, systemTiming).complete(unitContext())])
    const found = await idsOf(store)
    expect(found).toEqual(expect.arrayContaining(written))
    // One of each round may have been written just before the kill, too late to be said.
    expect(found.length - written.length).toBeLessThanOrEqual(6)
    expect(await attempted(store)).toEqual(found)
    // A process that lives may have left files that are young; old ones are nobody's.
    expect(journalled(store).length).toBeGreaterThan(0)
    const {directory} = new CallJournal(store.location)
    for (const name of readdirSync(directory)) utimesSync(join(directory, name), 1_700_000_000, 1_700_000_000)
    await ledger.complete(unitContext())
    expect(journalled(store)).toEqual([])
    expect(await idsOf(store)).toEqual(found)
  }, 60_000)

  test('of several processes are moved on by whoever comes first, and counted once', async () => {
    const {store, url} = await opened()
    const writers = ['a', 'b', 'c'].map(name => writer(url, name, 300))
    const ledger = new Ledger(store, systemTiming)
    const writing = {ends: false}
    const ended = Promise.all(writers.map(each => each.ended)).finally(() => {
      writing.ends = true
    })
    while (!writing.ends) {
      await ledger.complete(unitContext())
      await setImmediate()
    }
    await ended
    expect(await idsOf(store)).toEqual(writers.flatMap(({written}) => written))
    expect(await attempted(store)).toHaveLength(900)
    expect(journalled(store)).toEqual([])
  }, 60_000)

  test('say the same in the journal as where they belong', async () => {
    const {store} = await opened()
    const ledger = new Ledger(store, stopped)
    const over = {quantities: {audio_seconds: 1.5}, usage: ledgerEntry('x').usage}
    for (let index = 0; index < 20; index += 1) await ledger.record(unitContext(), ledgerEntry(`c${index + 10}`, over))
    expect(journalled(store)).toContain('c29')
    await ledger.complete(unitContext())
    const rows = await store.read<LedgerTables>(tenant).selectFrom('llm_requests').selectAll().orderBy('id').execute()
    expect(rows).toEqual(rows.map(({id}) => ({...rows[0]!, id})))
    expect(rows).toHaveLength(20)
    expect(rows[19]).toMatchObject({principal: 'key:k1', cost_nano_usd: 9_007_199_254_740_993n, estimated: false})
    expect(await attemptsOf(store, tenant, 'c29')).toEqual(await attemptsOf(store, tenant, 'c10'))
    const quantities = await store.read<QuantityTables>(tenant).selectFrom('llm_quantities').selectAll().execute()
    expect(quantities.map(({thousandths}) => thousandths)).toEqual(Array<bigint>(20).fill(1_500n))
  })

  test('do not leave what was said in the journal', async () => {
    const {store} = await opened()
    const ledger = new Ledger(store, stopped)
    const content = {subject: 'customer-7', prompt: 'How long?', answer: 'Thirty days'}
    for (let index = 0; index < 20; index += 1) await ledger.record(unitContext(), ledgerEntry(`c${index}`, {content}))
    expect(journalled(store)).toEqual([])
    expect(await idsOf(store)).toHaveLength(20)
  })

  test('are moved on when the ledger closes, and by the clock', async () => {
    const {store} = await opened()
    const closed = new Ledger(store, stopped)
    for (let index = 0; index < 20; index += 1) await closed.record(unitContext(), ledgerEntry(`a${index + 10}`))
    await closed.close()
    expect(journalled(store)).toEqual([])

    const strikes: (() => void)[] = []
    const timing: Timing = {...systemTiming, after: (_, callback) => (strikes.push(callback), () => {})}
    const ledger = new Ledger(store, timing)
    for (let index = 0; index < 20; index += 1) await ledger.record(unitContext(), ledgerEntry(`b${index + 10}`))
    expect(journalled(store).length).toBeGreaterThan(0)
    strikes.at(-1)!()
    await vi.waitUntil(async () => journalled(store).length === 0)
    expect(await idsOf(store)).toHaveLength(40)
  })

  test('become rows when the table goes in which an older version had them', async () => {
    const database = await databases.create()
    const {isNoted: _, request, attempts, quantities} = callRecord(ledgerEntry('old'), false)
    const {principal, ...rest} = request
    const written = {
      request: {...rest, cost_nano_usd: {bigint: String(request.cost_nano_usd)}},
      attempts,
      quantities,
    }
    {
      await using before = await database.open({migrations: migrations.filter(({name}) => name < '0010')})
      await before.unit(unitContext(), {audit: false}, unit =>
        unit
          .database<{llm_ended_calls: {id: string; principal: string; record: string}}>()
          .insertInto('llm_ended_calls')
          .values({id: 'old', principal, record: JSON.stringify(written)})
          .execute(),
      )
    }
    await using store = await database.open({migrations})
    const rows = await store.read<LedgerTables>(tenant).selectFrom('llm_requests').selectAll().execute()
    expect(rows).toMatchObject([{id: 'old', principal, cost_nano_usd: 9_007_199_254_740_993n, estimated: false}])
    expect(await attempted(store)).toEqual(['old'])
  })
})
