import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {keyRevoked} from '../../src/keys/events.ts'
import {missingPostgres, startPostgres, type TestPostgres} from '../../src/testing/postgres.ts'
import {makeKey, startServer} from '../support/server-process.ts'
import {type ReceivedWebhook, verified, WebhookReceiver} from '../support/webhook-receiver.ts'
import {Workspace} from '../support/workspace.ts'

const count = 100
const names = Array.from({length: count}, (_, index) => `key-${index}`).toSorted()
const open = {OMNI_WEBHOOKS_ALLOW_PRIVATE_TARGETS: 'true', OMNI_WEBHOOKS_TIMEOUT_SECONDS: '1'}

/** An endpoint of the workspace that gets `count` events. */
async function filled(workspace: Workspace, receiver: WebhookReceiver): Promise<string> {
  const argv = ['webhooks', 'add', receiver.url, '--name', 'r', '--events', 'key.*']
  const {secret} = await workspace.json<{secret: string}>(argv)
  await workspace.within(async context => {
    const store = await context.store()
    await store.unit(context, {audit: false}, async unit => {
      for (const name of names) await unit.publish(keyRevoked, {prefix: 'x', name})
    })
  })
  return secret
}

/** The events that came, each named once. */
function arrived(secret: string, receiver: WebhookReceiver): string[] {
  const answered = receiver.received.filter(each => each.answered)
  const bodies = answered.map(received => verified(secret, received) as {data: {name: string}})
  return [...new Set(bodies.map(({data}) => data.name))].toSorted()
}

/** Answers some, and then keeps all waiting until it is told to go on. */
function answerSome(receiver: WebhookReceiver): () => void {
  receiver.answer = (_, received) => (received > 30 ? undefined : {status: 200})
  return () => {
    receiver.answer = () => ({status: 200})
  }
}

/** Whether each event was answered at least once. */
const allCame = (received: readonly ReceivedWebhook[]) =>
  new Set(received.filter(each => each.answered).map(({id}) => id)).size === count

test('a server that is killed in the middle of deliveries loses none: the next one sends them', async () => {
  const workspace = new Workspace({env: open})
  const receiver = await WebhookReceiver.start()
  const key = await makeKey(workspace, 'metrics', 'metrics:read')
  const secret = await filled(workspace, receiver)
  const goOn = answerSome(receiver)
  const killed = await startServer(workspace)
  await receiver.until(received => received.length >= 40)
  killed.child.kill('SIGKILL')
  await killed.finished
  goOn()
  const next = await startServer(workspace)
  await receiver.until(allCame)
  const metrics = await fetch(`${next.url}/metrics`, {headers: {Authorization: `Bearer ${key}`}})
  expect(await metrics.text()).toContain('omni_webhook_attempts_total{outcome="delivered"}')
  next.child.kill('SIGTERM')
  expect((await next.finished).code).toBe(0)
  expect(arrived(secret, receiver)).toEqual(names)
  expect(await workspace.json(['webhooks', 'show', 'r'])).toMatchObject({
    deliveries: {pending: 0, delivered: count, dead: 0},
  })
  expect(killed.stderr() + next.stderr()).not.toContain('whsec_')
})

const missing = missingPostgres()
if (missing) process.stderr.write(`skipped: webhooks of two servers on one PostgreSQL (${missing})\n`)

describe.skipIf(missing !== undefined)('two servers on one PostgreSQL', () => {
  let postgres: TestPostgres
  beforeAll(async () => {
    postgres = await startPostgres()
  })
  afterAll(async () => {
    await postgres?.stop()
  })

  test('one is killed in the middle: the other sends what it had in hand', async () => {
    const url = await postgres.emptyDatabase()
    const workspace = new Workspace({env: {...open, OMNI_DATABASE_URL: url, OMNI_WEBHOOKS_KEY: 'k'.repeat(32)}})
    const receiver = await WebhookReceiver.start()
    const secret = await filled(workspace, receiver)
    const goOn = answerSome(receiver)
    const [killed, other] = await Promise.all([startServer(workspace), startServer(workspace)])
    await receiver.until(received => received.length >= 40)
    killed.child.kill('SIGKILL')
    await killed.finished
    goOn()
    await receiver.until(allCame)
    other.child.kill('SIGTERM')
    expect((await other.finished).code).toBe(0)
    expect(arrived(secret, receiver)).toEqual(names)
  })

  test('without the key that all share no endpoint can be made', async () => {
    const workspace = new Workspace({env: {OMNI_DATABASE_URL: await postgres.emptyDatabase()}})
    const argv = ['webhooks', 'add', 'https://9.9.9.9/', '--events', 'key.*']
    expect(await workspace.json(argv, 9)).toMatchObject({
      error: {code: 'no_webhook_key', hint: expect.stringContaining('OMNI_WEBHOOKS_KEY')},
    })
  })
})
