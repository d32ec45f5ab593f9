import {AsyncLocalStorage} from 'node:async_hooks'
import {expect, test} from 'vitest'
import {listAudit, verifyAudit} from '../audit/index.ts'
import {TestClock, unitContext} from '../testing/context.ts'
import {type CounterDatabase, counterMigrations, mark, marked} from '../testing/counter.ts'
import {describeOnEachDatabase} from '../testing/store.ts'
import {claimEvents, completeEvents, postponeEvents, type Store, type Unit, type UnitContext} from './index.ts'

async function marks(store: Store, tenant = 'acme'): Promise<string[]> {
  const rows = await store
    .read<CounterDatabase>(tenant)
    .selectFrom('counter_marks')
    .select('id')
    .orderBy('id')
    .execute()
  return rows.map(row => row.id)
}

async function insert(unit: Unit, id: string): Promise<void> {
  await unit.database<CounterDatabase>().insertInto('counter_marks').values({id, value: 0n}).execute()
}

/** What a unit left in all places it writes to. */
async function traces(store: Store) {
  const {items} = await listAudit(store, {tenant: 'acme'})
  const events = await claimEvents(store, {worker: 'probe', limit: 1000, lease: 0})
  return {
    marks: await marks(store),
    resources: items.map(entry => entry.resource).toSorted(),
    events: events.map(({payload}) => payload),
  }
}

const audit = (id: string) => ({action: 'marked', resource: `mark:${id}`})

describeOnEachDatabase('a unit of work', databases => {
  async function opened(): Promise<Store> {
    return (await databases.create(counterMigrations)).open()
  }

  test('commits rows, audit entry and event together', async () => {
    await using store = await opened()
    await mark(store, unitContext(), 'one')
    expect(await traces(store)).toEqual({marks: ['one'], resources: ['mark:one'], events: [{id: 'one'}]})
  })

  test('leaves nothing when the work throws', async () => {
    await using store = await opened()
    const failing = store.unit(unitContext(), {audit: audit('one')}, async unit => {
      await insert(unit, 'one')
      await unit.publish(marked, {id: 'one'})
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(await traces(store)).toEqual({marks: [], resources: [], events: []})
  })

  test('leaves nothing when the audit entry cannot be made', async () => {
    await using store = await opened()
    const failing = store.unit(
      unitContext(),
      {
        audit: () => {
          throw new Error('no subject')
        },
      },
      unit => insert(unit, 'one'),
    )
    await expect(failing).rejects.toThrow('no subject')
    expect(await marks(store)).toEqual([])
  })

  test.each([
    ['before it begins', 0],
    ['between two queries', 1],
    ['after its last query', 2],
  ])('is rolled back when it is cancelled %s', async (_, queries) => {
    await using store = await opened()
    const abort = new AbortController()
    if (queries === 0) abort.abort()
    const cancelled = store.unit(unitContext({signal: abort.signal}), {audit: audit('one')}, async unit => {
      await insert(unit, 'one')
      if (queries === 1) abort.abort()
      await insert(unit, 'two')
      abort.abort()
    })
    await expect(cancelled).rejects.toMatchObject({code: 'cancelled', exitCode: 130})
    expect(await traces(store)).toEqual({marks: [], resources: [], events: []})
    await mark(store, unitContext(), 'next')
    expect(await marks(store)).toEqual(['next'])
  })

  test('records what the result says', async () => {
    await using store = await opened()
    const id = await store.unit(
      unitContext(),
      {audit: (made: string) => ({...audit(made), details: {id: made}})},
      async unit => {
        await insert(unit, 'made')
        return 'made'
      },
    )
    expect(id).toBe('made')
    expect((await listAudit(store, {tenant: 'acme'})).items).toMatchObject([
      {resource: 'mark:made', details: {id: 'made'}},
    ])
  })

  test('inside another commits with it, with an entry of its own', async () => {
    await using store = await opened()
    await store.unit(unitContext(), {audit: audit('outer')}, async unit => {
      await insert(unit, 'outer')
      await mark(store, unitContext({operation: 'test.inner'}), 'inner')
    })
    expect(await traces(store)).toMatchObject({marks: ['inner', 'outer'], resources: ['mark:inner', 'mark:outer']})
    expect(await verifyAudit(store, {tenant: 'acme'})).toMatchObject({ok: true, entries: 2})
  })

  test('inside another is rolled back with it', async () => {
    await using store = await opened()
    const outer = store.unit(unitContext(), {audit: audit('outer')}, async () => {
      await mark(store, unitContext(), 'inner')
      throw new Error('outer failed')
    })
    await expect(outer).rejects.toThrow('outer failed')
    expect(await traces(store)).toEqual({marks: [], resources: [], events: []})
  })

  test('inside another can fail alone, even on a query that the database refused', async () => {
    await using store = await opened()
    await store.unit(unitContext(), {audit: audit('outer')}, async unit => {
      await insert(unit, 'outer')
      await expect(mark(store, unitContext(), 'outer')).rejects.toMatchObject({code: 'unique_violation'})
      await mark(store, unitContext(), 'inner')
    })
    expect(await traces(store)).toMatchObject({marks: ['inner', 'outer'], resources: ['mark:inner', 'mark:outer']})
    expect(await verifyAudit(store, {tenant: 'acme'})).toMatchObject({ok: true, entries: 2})
  })

  test('started several times at once inside another, and inside those, runs one after the other', async () => {
    await using store = await opened()
    const branch = (name: string, fails: boolean) =>
      store.unit(unitContext(), {audit: audit(name)}, async unit => {
        await insert(unit, name)
        await Promise.all([mark(store, unitContext(), `${name}1`), mark(store, unitContext(), `${name}2`)])
        if (fails) throw new Error(`${name} failed`)
      })
    await store.unit(unitContext(), {audit: false}, async () => {
      const results = await Promise.allSettled([branch('a', false), branch('b', true), branch('c', false)])
      expect(results.map(result => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    })
    expect(await marks(store)).toEqual(['a', 'a1', 'a2', 'c', 'c1', 'c2'])
    expect(await verifyAudit(store, {tenant: 'acme'})).toMatchObject({ok: true, entries: 6})
  })

  test('inside a unit of another tenant is refused', async () => {
    await using store = await opened()
    const outer = store.unit(unitContext(), {audit: false}, () => mark(store, unitContext({tenant: 'globex'}), 'x'))
    await expect(outer).rejects.toMatchObject({code: 'tenant_isolation'})
    expect(await marks(store, 'globex')).toEqual([])
  })

  test('is not committed when a failed query was ignored', async () => {
    await using store = await opened()
    await mark(store, unitContext(), 'one')
    const careless = store.unit(unitContext(), {audit: audit('two')}, async unit => {
      await insert(unit, 'two')
      await insert(unit, 'one').catch(() => {})
    })
    await expect(careless).rejects.toMatchObject({code: 'store_usage'})
    expect(await marks(store)).toEqual(['one'])
  })

  test('cannot be used after its end', async () => {
    await using store = await opened()
    let kept: Unit | undefined
    await store.unit(unitContext(), {audit: false}, async unit => {
      kept = unit
    })
    await expect(insert(kept as Unit, 'late')).rejects.toMatchObject({code: 'store_usage'})
    await expect((kept as Unit).publish(marked, {id: 'late'})).rejects.toMatchObject({code: 'store_usage'})
  })

  test('begun by something that outlives a unit is one of its own', async () => {
    await using store = await opened()
    const {promise: ended, resolve: end} = Promise.withResolvers<void>()
    let later: Promise<void> = Promise.resolve()
    await store.unit(unitContext(), {audit: false}, async () => {
      later = ended.then(() => mark(store, unitContext(), 'later'))
    })
    end()
    await later
    expect(await marks(store)).toEqual(['later'])
  })

  test('that waits for itself by a detour is told so, and the store goes on', async () => {
    if (!databases.concurrent) return
    await using store = await (await databases.create(counterMigrations)).open({busyTimeout: 200})
    const outside = AsyncLocalStorage.snapshot()
    // The detour loses the unit, as a callback that was registered elsewhere would.
    const circular = store.unit(unitContext(), {audit: false}, () => outside(() => mark(store, unitContext(), 'inner')))
    await expect(circular).rejects.toMatchObject({code: 'database_busy'})
    await mark(store, unitContext(), 'afterwards')
    expect(await marks(store)).toEqual(['afterwards'])
  })

  test('does not lose a count when many run at once', async () => {
    await using store = await opened()
    const ids = Array.from({length: 30}, (_, index) => `m${index}`)
    await Promise.all(ids.map(id => mark(store, unitContext(), id)))
    const rows = await store
      .read<CounterDatabase>('acme')
      .selectFrom('counter_marks')
      .select('value')
      .orderBy('value')
      .execute()
    expect(rows.map(row => row.value)).toEqual(ids.map((_, index) => BigInt(index + 1)))
    expect(await verifyAudit(store, {tenant: 'acme'})).toMatchObject({ok: true, entries: 30})
  })
})

describeOnEachDatabase('an idempotency key', databases => {
  let calls = 0

  async function request(store: Store, context: UnitContext, key: string, input: {readonly [name: string]: string}) {
    return store.unit(context, {audit: audit(key), idempotency: {key, request: input}}, async unit => {
      calls += 1
      await insert(unit, `call-${calls}`)
      return {call: calls, input}
    })
  }

  async function opened(): Promise<Store> {
    calls = 0
    return (await databases.create(counterMigrations)).open()
  }

  test('gives the first answer again, and does the work once', async () => {
    await using store = await opened()
    const first = await request(store, unitContext(), 'k', {a: '1', b: '2'})
    const second = await request(store, unitContext(), 'k', {b: '2', a: '1'})
    expect(second).toEqual(first)
    expect(await marks(store)).toEqual(['call-1'])
    expect((await listAudit(store, {tenant: 'acme'})).items).toHaveLength(1)
  })

  test('does the work once when the requests come at once', async () => {
    await using store = await opened()
    const answers = await Promise.all(Array.from({length: 8}, () => request(store, unitContext(), 'k', {a: '1'})))
    expect(new Set(answers.map(answer => answer.call))).toEqual(new Set([1]))
    expect(await marks(store)).toEqual(['call-1'])
  })

  test('with another request, or for another operation, is a conflict', async () => {
    await using store = await opened()
    await request(store, unitContext(), 'k', {a: '1'})
    await expect(request(store, unitContext(), 'k', {a: '2'})).rejects.toMatchObject({
      code: 'idempotency_conflict',
      exitCode: 6,
    })
    const elsewhere = request(store, unitContext({operation: 'test.other'}), 'k', {a: '1'})
    await expect(elsewhere).rejects.toMatchObject({code: 'idempotency_conflict'})
    expect(await marks(store)).toEqual(['call-1'])
  })

  test('belongs to one tenant and one principal', async () => {
    await using store = await opened()
    await request(store, unitContext(), 'k', {a: '1'})
    expect(await request(store, unitContext({tenant: 'globex'}), 'k', {a: '2'})).toMatchObject({call: 2})
    const principal = {id: 'principal-2', kind: 'key', scopes: '*'} as const
    expect(await request(store, unitContext({principal}), 'k', {a: '3'})).toMatchObject({call: 3})
  })

  test('is free again after the work failed', async () => {
    await using store = await opened()
    const options = {audit: false, idempotency: {key: 'k', request: {}}} as const
    await expect(
      store.unit(unitContext(), options, async () => {
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await store.unit(unitContext(), options, async () => 'yes')).toBe('yes')
  })

  test('is forgotten after a day', async () => {
    await using store = await opened()
    const clock = new TestClock()
    await request(store, unitContext({clock}), 'k', {a: '1'})
    clock.advance(24 * 60 * 60 * 1000 - 1)
    expect(await request(store, unitContext({clock}), 'k', {a: '1'})).toMatchObject({call: 1})
    clock.advance(1)
    expect(await request(store, unitContext({clock}), 'k', {a: '2'})).toMatchObject({call: 2})
  })

  test('keeps the answer undefined too, and refuses one that is not JSON', async () => {
    await using store = await opened()
    const options = (key: string) => ({audit: false, idempotency: {key, request: null}}) as const
    await store.unit(unitContext(), options('nothing'), async () => undefined)
    let again = 0
    await store.unit(unitContext(), options('nothing'), async () => {
      again += 1
    })
    expect(again).toBe(0)
    const answer = store.unit(unitContext(), options('big'), async unit => {
      await insert(unit, 'big')
      return 1n
    })
    await expect(answer).rejects.toMatchObject({code: 'store_usage'})
    expect(await marks(store)).toEqual([])
  })
})

describeOnEachDatabase('the outbox', databases => {
  async function opened(clock: TestClock, ...ids: string[]): Promise<Store> {
    const store = await (await databases.create(counterMigrations)).open({clock})
    for (const id of ids) {
      const random = {bytes: () => new Uint8Array(), id: () => `event-${id}`}
      await mark(store, unitContext({clock, random}), id)
    }
    return store
  }

  const claim = (store: Store, worker: string, limit = 10) => claimEvents(store, {worker, limit, lease: 60_000})
  const ids = (events: {id: string}[]) => events.map(event => event.id)

  test('hands out each event to one worker, the oldest first, until it is done', async () => {
    const clock = new TestClock()
    await using store = await opened(clock, 'a', 'b', 'c')
    expect(await claim(store, 'w1', 2)).toMatchObject([
      {id: 'event-a', tenant: 'acme', event: 'counter.marked', payload: {id: 'a'}, attempts: 1},
      {id: 'event-b'},
    ])
    expect(ids(await claim(store, 'w2'))).toEqual(['event-c'])
    expect(await claim(store, 'w3')).toEqual([])
    await completeEvents(store, {worker: 'w1', ids: ['event-a', 'event-b']})
    clock.advance(60_000)
    expect(ids(await claim(store, 'w3'))).toEqual(['event-c'])
  })

  test('hands an event out again when its worker died, and does not let the dead one complete it', async () => {
    const clock = new TestClock()
    await using store = await opened(clock, 'a')
    await claim(store, 'dead')
    clock.advance(60_000)
    expect(await claim(store, 'alive')).toMatchObject([{id: 'event-a', attempts: 2}])
    await completeEvents(store, {worker: 'dead', ids: ['event-a']})
    clock.advance(60_000)
    expect(ids(await claim(store, 'third'))).toEqual(['event-a'])
  })

  test('hands a postponed event out when its time has come', async () => {
    const clock = new TestClock()
    await using store = await opened(clock, 'a')
    await claim(store, 'w')
    const until = new Date(clock.now().getTime() + 5000)
    await postponeEvents(store, {worker: 'w', ids: ['event-a'], until, reason: 'unreachable'})
    expect(await claim(store, 'w')).toEqual([])
    clock.advance(5000)
    expect(ids(await claim(store, 'w'))).toEqual(['event-a'])
  })

  test('forgets events that nobody took for a month, as new ones come', async () => {
    const clock = new TestClock()
    await using store = await opened(clock, 'a', 'b', 'c')
    const day = 24 * 60 * 60 * 1000
    const publish = async (id: string) => {
      await mark(store, unitContext({clock, random: {bytes: () => new Uint8Array(), id: () => `event-${id}`}}), id)
    }
    clock.advance(30 * day)
    await publish('d')
    expect(ids(await claim(store, 'w'))).toEqual(['event-a', 'event-b', 'event-c', 'event-d'])
    clock.advance(day)
    await publish('e')
    expect(ids(await claim(store, 'w'))).toEqual(['event-c', 'event-d', 'event-e'])
  })

  test('hands out each event once to workers that ask at the same time', async () => {
    await using store = await opened(
      new TestClock(),
      ...Array.from({length: 20}, (_, index) => `${index}`.padStart(2, '0')),
    )
    const claims = await Promise.all(Array.from({length: 6}, (_, worker) => claim(store, `w${worker}`, 5)))
    const claimed = claims.flat().map(event => event.id)
    expect(claimed).toHaveLength(new Set(claimed).size)
    const rest = await claim(store, 'rest', 100)
    expect(claimed.length + rest.length).toBe(20)
  })
})
