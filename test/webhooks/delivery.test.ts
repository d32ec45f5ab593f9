import {statSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, onTestFinished, test} from 'vitest'
import * as z from 'zod'
import {auditList} from '../../src/audit/operations/index.ts'
import core from '../../src/core-plugin.ts'
import {defineEvent, definePlugin, invoke, Registry} from '../../src/operation/index.ts'
import {claimEvents} from '../../src/store/outbox.ts'
import {openStore, type Store} from '../../src/store/store.ts'
import {
  describeOnEachDatabase,
  silentLog,
  TestClock,
  type TestContext,
  testContext,
  type TestContextOptions,
} from '../../src/testing/index.ts'
import {checkWebhooks} from '../../src/webhooks/check-webhooks.ts'
import {
  webhooksAdd,
  webhooksDeliveries,
  webhooksList,
  webhooksRemove,
  webhooksReplay,
  webhooksRotateSecret,
  webhooksShow,
  webhooksTest,
  webhooksUpdate,
} from '../../src/webhooks/operations/index.ts'
import {SecretBox} from '../../src/webhooks/secret-box.ts'
import {WebhookWorker} from '../../src/webhooks/webhook-worker.ts'
import {verified, WebhookReceiver} from '../support/webhook-receiver.ts'

const paid = defineEvent({
  name: 'shop.invoice.paid',
  summary: 'An invoice was paid',
  scopes: ['shop:read'],
  payload: z.object({invoice: z.string()}),
  example: {invoice: 'i-1'},
})
const shipped = defineEvent({
  name: 'shop.parcel.shipped',
  summary: 'A parcel was sent',
  scopes: ['shop:read'],
  payload: z.object({parcel: z.string()}),
  example: {parcel: 'p-1'},
})
const shop = definePlugin({
  name: 'shop',
  summary: 'For tests',
  operations: async () => [],
  events: async () => [paid, shipped],
})
const registry = new Registry([core, shop])
const key = 'k'.repeat(32)
const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

interface Bench {
  readonly context: TestContext
  readonly clock: TestClock
  /** What a server does: takes what was published, and attempts what is due. */
  deliver(): Promise<number>
  /** A worker of its own, as another server has. */
  worker(): WebhookWorker
}

let seed = 0

/** A tenant on a store, with the time in the hand of the test. */
function bench(store: Store, clock: TestClock, settings: object = {}, given: Partial<TestContextOptions> = {}): Bench {
  seed += 1
  const context = testContext({
    store,
    clock,
    registry,
    ...given,
    seed,
    settings: {'webhooks.key': key, 'webhooks.allow_private_targets': true, ...settings},
  })
  const runtime = {...context, context: (call: object) => ({...context, ...call})}
  const worker = () => new WebhookWorker({runtime, atOnce: 8})
  const own = worker()
  onTestFinished(() => own.stop())
  return {
    context,
    clock,
    worker,
    deliver: async () => {
      await own.accept(await claimEvents(store, {worker: 'outbox', limit: 1000, lease: 100 * day}))
      return own.attemptDue()
    },
  }
}

async function pay({context}: Bench, ...invoices: readonly string[]): Promise<void> {
  const store = await context.store()
  await store.unit(context, {audit: false}, async unit => {
    for (const invoice of invoices) await unit.publish(paid, {invoice})
  })
}

async function deliveriesOf({context}: Bench, input: object = {}) {
  return (await invoke(webhooksDeliveries, input, context)).items
}

/** Now, as the reference implementation looks at the time of a signature. */
const now = () => new TestClock(new Date().toISOString())

describeOnEachDatabase('webhooks', databases => {
  async function opened(settings: object = {}): Promise<Bench> {
    const clock = now()
    const store = await (await databases.create()).open({clock})
    onTestFinished(() => store.close())
    return bench(store, clock, settings)
  }

  test('an event reaches who subscribes, once, as the reference implementation verifies it', async () => {
    const shopper = await opened()
    const [mine, other] = [await WebhookReceiver.start(), await WebhookReceiver.start()]
    const add = (url: string, name: string, events: string[]) =>
      invoke(webhooksAdd, {url, name, events}, shopper.context)
    await pay(shopper, 'before anybody asked')
    shopper.clock.advance(1)
    const {secret} = await add(mine.url, 'mine', ['shop.invoice.*'])
    await add(other.url, 'other', ['shop.parcel.shipped'])
    await pay(shopper, 'i-1')
    await shopper.deliver()
    await shopper.deliver()
    expect(mine.received).toHaveLength(1)
    expect(other.received).toHaveLength(0)
    expect(verified(secret, mine.received[0]!)).toEqual({
      type: 'shop.invoice.paid',
      timestamp: shopper.clock.now().toISOString(),
      data: {invoice: 'i-1'},
    })
    expect(() => verified(`whsec_${Buffer.alloc(32, 1).toString('base64')}`, mine.received[0]!)).toThrow()
    expect(await deliveriesOf(shopper)).toMatchObject([
      {
        event: mine.received[0]!.id,
        type: 'shop.invoice.paid',
        status: 'delivered',
        next_attempt_at: null,
        attempts: [{number: 1, status: 204, error: null, response: null}],
      },
    ])
  })

  test('an event that is handed on twice is sent once', async () => {
    const shopper = await opened()
    const receiver = await WebhookReceiver.start()
    await invoke(webhooksAdd, {url: receiver.url, events: ['*']}, shopper.context)
    await pay(shopper, 'i-1')
    const events = await claimEvents(await shopper.context.store(), {worker: 'w', limit: 10, lease: 1000})
    const worker = shopper.worker()
    await worker.accept(events)
    await worker.accept(events)
    await worker.attemptDue()
    await worker.stop()
    expect(receiver.received).toHaveLength(1)
  })

  test('what is refused is sent again on the schedule for three days, and then waits to be replayed', async () => {
    const shopper = await opened()
    const receiver = await WebhookReceiver.start(() => ({status: 500, body: 'no\u001B[2J\nway'}))
    await invoke(webhooksAdd, {url: receiver.url, name: 'r', events: ['*']}, shopper.context)
    await pay(shopper, 'i-1')
    const waits: number[] = []
    await shopper.deliver()
    for (;;) {
      const [delivery] = await deliveriesOf(shopper)
      if (delivery?.next_attempt_at == null) break
      const wait = Date.parse(delivery.next_attempt_at) - shopper.clock.now().getTime()
      waits.push(wait)
      shopper.clock.advance(wait - 1)
      expect(await shopper.deliver()).toBe(0)
      shopper.clock.advance(1)
      expect(await shopper.deliver()).toBe(1)
    }
    const schedule = [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, day]
    expect(waits).toHaveLength(schedule.length)
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(schedule[index]!)
      expect(wait).toBeLessThanOrEqual(schedule[index]! * 1.2)
    }
    expect(new Set(receiver.ids).size).toBe(1)
    expect(receiver.received).toHaveLength(10)
    const [dead] = await deliveriesOf(shopper, {status: 'dead'})
    expect(dead).toMatchObject({last_status: 500, last_error: 'status'})
    expect(dead?.attempts.at(-1)).toMatchObject({number: 10, response: 'no [2J way'})

    receiver.answer = () => ({status: 200})
    expect(await invoke(webhooksReplay, {endpoint: 'r'}, shopper.context)).toEqual({replayed: 1})
    await shopper.deliver()
    expect(await deliveriesOf(shopper)).toMatchObject([{status: 'delivered', last_status: 200}])
    expect(await invoke(webhooksShow, {endpoint: 'r'}, shopper.context)).toMatchObject({
      failing_since: null,
      deliveries: {pending: 0, delivered: 1, dead: 0},
    })
  })

  test('what a worker had in hand when it died is sent by another when its lease is over', async () => {
    const shopper = await opened({'webhooks.timeout_seconds': 1})
    const receiver = await WebhookReceiver.start(() => undefined)
    await invoke(webhooksAdd, {url: receiver.url, events: ['*']}, shopper.context)
    await pay(shopper, 'i-1')
    const [dying, next] = [shopper.worker(), shopper.worker()]
    await dying.accept(await claimEvents(await shopper.context.store(), {worker: 'w', limit: 10, lease: 1000}))
    const hanging = dying.attemptDue()
    await receiver.until(received => received.length === 1)
    expect(await next.attemptDue()).toBe(0)
    shopper.clock.advance(11 * second)
    receiver.answer = () => ({status: 200})
    expect(await next.attemptDue()).toBe(1)
    // The one that was believed dead comes back and is not listened to.
    await hanging
    await Promise.all([dying.stop(), next.stop()])
    expect(receiver.received).toHaveLength(2)
    expect(await deliveriesOf(shopper)).toMatchObject([{status: 'delivered', attempts: [{number: 2, status: 200}]}])
  })

  test('a tenant sees nothing of another', async () => {
    const shopper = await opened()
    const stranger = bench(await shopper.context.store(), shopper.clock, {}, {tenant: 'globex'})
    const [theirs, mine] = [await WebhookReceiver.start(), await WebhookReceiver.start()]
    const theirEndpoint = await invoke(webhooksAdd, {url: theirs.url, name: 'same', events: ['*']}, stranger.context)
    await invoke(webhooksAdd, {url: mine.url, name: 'same', events: ['*']}, shopper.context)
    await pay(shopper, 'i-1')
    await shopper.deliver()
    expect([mine.received.length, theirs.received.length]).toEqual([1, 0])
    expect(await deliveriesOf(stranger)).toEqual([])
    expect((await invoke(webhooksList, {}, shopper.context)).items).toMatchObject([{name: 'same', url: mine.url}])
    await expect(invoke(webhooksShow, {endpoint: theirEndpoint.id}, shopper.context)).rejects.toMatchObject({
      code: 'unknown_endpoint',
    })
  })

  test.runIf(databases.dialect === 'postgres')(
    'a server without the shared key leaves deliveries to others',
    async () => {
      const shopper = await opened()
      const receiver = await WebhookReceiver.start()
      await invoke(webhooksAdd, {url: receiver.url, events: ['*']}, shopper.context)
      await pay(shopper, 'i-1')
      const warned = Promise.withResolvers<string>()
      const log = {...silentLog, warn: warned.resolve}
      const keyless = bench(await shopper.context.store(), shopper.clock, {'webhooks.key': undefined}, {log})
      const worker = keyless.worker()
      await worker.accept(await claimEvents(await shopper.context.store(), {worker: 'w', limit: 10, lease: 1000}))
      worker.start()
      expect(await warned.promise).toContain('webhooks.key')
      await worker.stop()
      expect(await deliveriesOf(shopper)).toMatchObject([{status: 'pending', attempts: []}])
      expect(await shopper.deliver()).toBe(1)
      expect(receiver.received).toHaveLength(1)
    },
  )

  test('many workers at once send each event once', async () => {
    const shopper = await opened()
    const receiver = await WebhookReceiver.start()
    await invoke(webhooksAdd, {url: receiver.url, events: ['*']}, shopper.context)
    await pay(shopper, ...Array.from({length: 60}, (_, index) => `i-${index}`))
    await shopper
      .worker()
      .accept(await claimEvents(await shopper.context.store(), {worker: 'w', limit: 100, lease: 1000}))
    const workers = [shopper.worker(), shopper.worker(), shopper.worker()]
    const all = workers.map(async worker => {
      while ((await worker.attemptDue()) > 0);
      await worker.stop()
    })
    await Promise.all(all)
    expect(receiver.received).toHaveLength(60)
    expect(new Set(receiver.ids).size).toBe(60)
    expect(await deliveriesOf(shopper, {status: 'delivered', limit: 100})).toHaveLength(60)
  })
})

describe('an endpoint', () => {
  const shared = async (settings: object = {}): Promise<Bench> => {
    const clock = now()
    const store = await openStore({url: 'sqlite::memory:', migrations: [], clock, log: silentLog})
    onTestFinished(() => store.close())
    return bench(store, clock, settings)
  }
  const add = ({context}: Bench, url: string, more: object = {}) =>
    invoke(webhooksAdd, {url, name: 'r', events: ['*'], ...more}, context)

  test('that answers 410 is disabled, and what happens meanwhile can be replayed when it is back', async () => {
    const shopper = await shared()
    const receiver = await WebhookReceiver.start(() => ({status: 410}))
    const witness = await WebhookReceiver.start()
    const {id} = await add(shopper, receiver.url)
    const told = await add(shopper, witness.url, {name: 'witness', events: ['webhook.*']})
    await pay(shopper, 'i-1')
    await shopper.deliver()
    expect(await invoke(webhooksShow, {endpoint: 'r'}, shopper.context)).toMatchObject({
      status: 'disabled',
      disabled_reason: 'gone',
      deliveries: {pending: 0, dead: 1},
    })
    expect(await checkWebhooks(shopper.context)).toMatchObject([{name: 'webhook r', status: 'warning'}])
    await shopper.deliver()
    expect(verified(told.secret, witness.received[0]!)).toMatchObject({
      type: 'webhook.disabled',
      data: {endpoint: id, reason: 'gone'},
    })
    await pay(shopper, 'i-2')
    await shopper.deliver()
    expect(receiver.received).toHaveLength(1)
    const replay = () => invoke(webhooksReplay, {endpoint: 'r'}, shopper.context)
    await expect(replay()).rejects.toMatchObject({code: 'endpoint_disabled'})
    receiver.answer = () => ({status: 200})
    await invoke(webhooksUpdate, {endpoint: 'r', status: 'enabled'}, shopper.context)
    // Its own end is told to others, and to itself when it is back.
    expect(await replay()).toEqual({replayed: 3})
    await shopper.deliver()
    expect(receiver.received).toHaveLength(4)
    const {items} = await invoke(auditList, {}, shopper.context)
    expect(items.find(entry => entry.action === 'webhook.disabled')).toMatchObject({
      principal: 'omni',
      resource: `webhook:${id}`,
      details: {reason: 'gone'},
    })
  })

  test('to which nothing was delivered for five days is disabled', async () => {
    const shopper = await shared()
    const receiver = await WebhookReceiver.start(() => ({status: 404}))
    await add(shopper, receiver.url)
    const status = async () => (await invoke(webhooksShow, {endpoint: 'r'}, shopper.context)).disabled_reason
    await pay(shopper, 'i-1')
    await shopper.deliver()
    shopper.clock.advance(4.9 * day)
    await pay(shopper, 'i-2')
    await shopper.deliver()
    expect(await status()).toBeNull()
    shopper.clock.advance(0.2 * day)
    await shopper.deliver()
    expect(await status()).toBe('failing')
  })

  test('that failed and works again is not near its end', async () => {
    const shopper = await shared()
    const receiver = await WebhookReceiver.start(() => ({status: 500}))
    await add(shopper, receiver.url)
    await pay(shopper, 'i-1')
    await shopper.deliver()
    shopper.clock.advance(day)
    receiver.answer = () => ({status: 200})
    await shopper.deliver()
    receiver.answer = () => ({status: 500})
    shopper.clock.advance(4.5 * day)
    await pay(shopper, 'i-2')
    await shopper.deliver()
    expect(await invoke(webhooksShow, {endpoint: 'r'}, shopper.context)).toMatchObject({status: 'enabled'})
  })

  test('that is overloaded is left alone as long as it asks, and no other waits for it', async () => {
    const shopper = await shared()
    const busy = await WebhookReceiver.start(() => ({status: 429, headers: {'Retry-After': '3600'}}))
    const free = await WebhookReceiver.start()
    await add(shopper, busy.url)
    await add(shopper, free.url, {name: 'free'})
    await pay(shopper, 'i-1')
    await shopper.deliver()
    await pay(shopper, 'i-2')
    await shopper.deliver()
    expect([busy.received.length, free.received.length]).toEqual([1, 2])
    busy.answer = () => ({status: 200})
    shopper.clock.advance(3599 * second)
    await shopper.deliver()
    expect(busy.received).toHaveLength(1)
    shopper.clock.advance(2 * second)
    await shopper.deliver()
    expect(busy.received).toHaveLength(3)
  })

  test('that never answers is given up after the timeout, and holds up no other', async () => {
    const shopper = await shared({'webhooks.timeout_seconds': 1})
    const slow = await WebhookReceiver.start(() => undefined)
    const quick = await WebhookReceiver.start()
    await add(shopper, slow.url)
    await add(shopper, quick.url, {name: 'quick'})
    await pay(shopper, ...Array.from({length: 20}, (_, index) => `i-${index}`))
    const worker = shopper.worker()
    await worker.accept(await claimEvents(await shopper.context.store(), {worker: 'w', limit: 100, lease: 1000}))
    worker.start()
    await quick.until(received => received.length === 20)
    await worker.stop()
    const [failed] = await deliveriesOf(shopper, {endpoint: 'r', limit: 100})
    expect((await deliveriesOf(shopper, {endpoint: 'r', limit: 100})).flatMap(each => each.attempts)).toContainEqual(
      expect.objectContaining({status: null, error: 'timeout'}),
    )
    expect(failed?.status).toBe('pending')
    expect(await deliveriesOf(shopper, {endpoint: 'quick', status: 'delivered', limit: 100})).toHaveLength(20)
  })

  test('is not followed elsewhere', async () => {
    const shopper = await shared()
    const trap = await WebhookReceiver.start()
    const receiver = await WebhookReceiver.start(() => ({status: 307, headers: {Location: trap.url}}))
    await add(shopper, receiver.url)
    expect(await invoke(webhooksTest, {endpoint: 'r'}, shopper.context)).toMatchObject({
      delivered: false,
      status: 307,
      error: 'redirect',
    })
    expect(trap.received).toHaveLength(0)
  })

  test('whose address is private by now gets nothing, whatever it was when it was added', async () => {
    const open = await shared()
    const receiver = await WebhookReceiver.start()
    await add(open, receiver.url.replace('http:', 'https:'))
    const closed = bench(await open.context.store(), open.clock, {'webhooks.allow_private_targets': false})
    await pay(closed, 'i-1')
    await closed.deliver()
    expect(await deliveriesOf(closed)).toMatchObject([
      {status: 'pending', last_status: null, last_error: 'private_target'},
    ])
    expect(receiver.received).toHaveLength(0)
  })

  test.each([
    ['http://example.com/', 'invalid_target'],
    ['ftp://example.com/', 'invalid_target'],
    ['no url', 'invalid_target'],
    ['https://user:secret@example.com/', 'invalid_target'],
    ['https://example.com/#x', 'invalid_target'],
    ['https://localhost/', 'private_target'],
    ['https://127.0.0.1/', 'private_target'],
    ['https://[::1]/', 'private_target'],
    ['https://[::ffff:10.0.0.1]/', 'private_target'],
    ['https://169.254.169.254/latest/meta-data/', 'private_target'],
    ['https://2130706433/', 'private_target'],
    ['https://0x7f.1/', 'private_target'],
  ])('is not made of %s', async (url, code) => {
    const shopper = await shared({'webhooks.allow_private_targets': false})
    await expect(add(shopper, url)).rejects.toMatchObject({code})
    expect((await invoke(webhooksList, {}, shopper.context)).items).toEqual([])
  })

  test('signs with both secrets for the overlap of a rotation, and then with the new one alone', async () => {
    const shopper = await shared()
    const receiver = await WebhookReceiver.start()
    const {secret: old} = await add(shopper, receiver.url)
    const rotated = await invoke(webhooksRotateSecret, {endpoint: 'r', overlap_hours: 0.01}, shopper.context)
    expect(rotated.secret).not.toBe(old)
    await pay(shopper, 'i-1')
    await shopper.deliver()
    const [both] = receiver.received
    expect(both?.headers['webhook-signature']?.toString().split(' ')).toHaveLength(2)
    expect(verified(old, both!)).toEqual(verified(rotated.secret, both!))
    shopper.clock.advance(40 * second)
    await pay(shopper, 'i-2')
    await shopper.deliver()
    expect(verified(rotated.secret, receiver.received[1]!)).toMatchObject({data: {invoice: 'i-2'}})
    expect(() => verified(old, receiver.received[1]!)).toThrow()
  })

  test('takes its secret to nobody: not in the database, the audit log or any list', async () => {
    const shopper = await shared()
    const receiver = await WebhookReceiver.start()
    const {secret} = await add(shopper, receiver.url)
    const store = await shopper.context.store()
    const {secret: sealed} = await store
      .read<{omni_webhook_endpoints: {secret: Buffer}}>('acme')
      .selectFrom('omni_webhook_endpoints')
      .select('secret')
      .executeTakeFirstOrThrow()
    const bare = Buffer.from(secret.slice('whsec_'.length), 'base64')
    expect(sealed.includes(bare) || sealed.includes(Buffer.from(secret))).toBe(false)
    const shown = [
      await invoke(webhooksShow, {endpoint: 'r'}, shopper.context),
      await invoke(webhooksList, {}, shopper.context),
      await invoke(webhooksUpdate, {endpoint: 'r', events: ['*']}, shopper.context),
      await invoke(auditList, {}, shopper.context),
    ]
    expect(JSON.stringify(shown)).not.toContain('whsec_')
  })

  test('whose secret was sealed with another key is not sent to unsigned', async () => {
    const shopper = await shared()
    const receiver = await WebhookReceiver.start()
    await add(shopper, receiver.url)
    const other = bench(await shopper.context.store(), shopper.clock, {'webhooks.key': 'x'.repeat(32)})
    await pay(other, 'i-1')
    await other.deliver()
    expect(receiver.received).toHaveLength(0)
    expect(await deliveriesOf(other)).toMatchObject([{status: 'pending', last_error: 'secret_unreadable'}])
    expect(await checkWebhooks(other.context)).toMatchObject([{name: 'webhook r', status: 'problem'}])
    await invoke(webhooksRotateSecret, {endpoint: 'r', overlap_hours: 0}, other.context)
    other.clock.advance(10 * second)
    await other.deliver()
    expect(receiver.received).toHaveLength(1)
    expect(await checkWebhooks(other.context)).toMatchObject([{name: 'webhooks', status: 'ok'}])
  })

  test('is removed with what waits for it', async () => {
    const shopper = await shared()
    const receiver = await WebhookReceiver.start(() => ({status: 500}))
    await add(shopper, receiver.url)
    await pay(shopper, 'i-1')
    await shopper.deliver()
    await invoke(webhooksRemove, {endpoint: 'r'}, shopper.context)
    shopper.clock.advance(day)
    expect(await shopper.deliver()).toBe(0)
    expect(await deliveriesOf(shopper)).toEqual([])
  })

  test('gets one delivery again, or all since a time, on request', async () => {
    const shopper = await shared()
    const receiver = await WebhookReceiver.start()
    await add(shopper, receiver.url)
    await pay(shopper, 'i-1')
    await shopper.deliver()
    shopper.clock.advance(hour)
    const since = shopper.clock.now().toISOString()
    await pay(shopper, 'i-2', 'i-3')
    await shopper.deliver()
    const replay = (input: object) => invoke(webhooksReplay, {endpoint: 'r', ...input}, shopper.context)
    expect(await replay({})).toEqual({replayed: 0})
    expect(await replay({since, delivered: true})).toEqual({replayed: 2})
    await shopper.deliver()
    const first = (await deliveriesOf(shopper)).at(-1)!
    expect(await replay({delivery: first.id})).toEqual({replayed: 1})
    await expect(replay({delivery: first.id})).rejects.toMatchObject({code: 'conflict'})
    await expect(replay({delivery: 'none'})).rejects.toMatchObject({code: 'unknown_delivery'})
    await shopper.deliver()
    const invoices = receiver.received.map(({body}) => (JSON.parse(body) as {data: {invoice: string}}).data.invoice)
    expect(invoices.slice(0, 3)).toEqual(['i-1', expect.stringMatching(/i-[23]/), expect.stringMatching(/i-[23]/)])
    expect(invoices.slice(3, 5).toSorted()).toEqual(['i-2', 'i-3'])
    expect(invoices[5]).toBe('i-1')
  })

  test('subscribes to nothing that its maker may not read', async () => {
    const {context} = await shared()
    const as = (...scopes: string[]) => ({...context, principal: {id: 'key:x', kind: 'key' as const, scopes}})
    const subscribe = (events: string[], ...scopes: string[]) =>
      invoke(webhooksAdd, {url: 'https://9.9.9.9/', events}, as('webhooks:write', ...scopes))
    for (const events of [['*'], ['shop.*'], ['shop.invoice.paid'], ['webhook.disabled', 'shop.invoice.paid']]) {
      await expect(subscribe(events)).rejects.toMatchObject({code: 'subscription_beyond_rights'})
    }
    await expect(subscribe(['*'], 'shop:*')).rejects.toMatchObject({
      details: {events: expect.arrayContaining(['job.finished'])},
    })
    const {name} = await subscribe(['shop.*'], 'shop:read')
    // Nor may who cannot read them lead them elsewhere, or turn them on.
    for (const change of [{url: 'https://1.1.1.1/'}, {status: 'enabled' as const}, {events: ['shop.*']}]) {
      await expect(invoke(webhooksUpdate, {endpoint: name, ...change}, as('webhooks:write'))).rejects.toMatchObject({
        code: 'subscription_beyond_rights',
      })
    }
  })

  test('of PostgreSQL needs a key that all servers share', async () => {
    const {context} = await shared({'webhooks.key': undefined})
    const store = async () => ({dialect: 'postgres'}) as Store
    await expect(SecretBox.open({...context, store})).rejects.toMatchObject({code: 'no_webhook_key'})
  })

  test('of SQLite is sealed with a key beside the database, made once by those who begin at once', async () => {
    const {context} = await shared({'webhooks.key': undefined})
    const boxes = await Promise.all(Array.from({length: 5}, () => SecretBox.open(context)))
    const place = {tenant: 'acme', id: 'e'}
    const sealed = boxes[0]!.seal('whsec_x', place)
    for (const box of boxes) expect(box.unseal(sealed, place)).toBe('whsec_x')
    expect(() => boxes[0]!.unseal(sealed, {tenant: 'globex', id: 'e'})).toThrow()
    expect(statSync(join(context.directories.data, 'webhooks.key')).mode & 0o777).toBe(0o600)
  })
})
