import {type AddressInfo, createServer} from 'node:net'
import {expect, onTestFinished, test} from 'vitest'
import {TestClock} from '../../src/testing/index.ts'
import type {TargetRules} from '../../src/webhooks/target.ts'
import {WebhookSender} from '../../src/webhooks/webhook-sender.ts'
import {WebhookReceiver} from '../support/webhook-receiver.ts'

const open: TargetRules = {allowHttp: true, isAllowed: () => true}
const message = (url: string) => ({url, headers: {'webhook-id': 'e'}, body: '{}'})

function sender(rules: TargetRules, clock = new TestClock(), timeout = 2000): WebhookSender {
  const made = new WebhookSender({rules, clock, timeout})
  onTestFinished(() => made.close())
  return made
}

test('a name that leads elsewhere later is looked at again, and the connection goes to what was checked', async () => {
  const receiver = await WebhookReceiver.start()
  const clock = new TestClock()
  let address = '127.0.0.1'
  const rules = {allowHttp: true, isAllowed: (each: string) => each === '127.0.0.1', resolve: async () => [address]}
  const {port} = new URL(receiver.url)
  const sending = sender(rules, clock)
  const send = () => sending.send(message(`http://rebinding.example:${port}/`))
  expect(await send()).toMatchObject({status: 204, error: null})
  address = '169.254.169.254'
  clock.advance(30_000)
  expect(await send()).toMatchObject({status: null, error: 'private_target'})
  expect(receiver.received).toHaveLength(1)
  expect(receiver.received[0]?.headers.host).toBe(`rebinding.example:${port}`)
})

test('one private address among several is enough to send nothing', async () => {
  const receiver = await WebhookReceiver.start()
  const {port} = new URL(receiver.url)
  const rules = {
    allowHttp: true,
    isAllowed: (each: string) => each === '127.0.0.1',
    resolve: async () => ['127.0.0.1', '10.0.0.1'],
  }
  expect(await sender(rules).send(message(`http://several.example:${port}/`))).toMatchObject({error: 'private_target'})
  expect(receiver.received).toHaveLength(0)
})

test('a connection that was kept and is closed by now costs no attempt', async () => {
  const receiver = await WebhookReceiver.start()
  const sending = sender(open)
  for (let round = 0; round < 5; round += 1) {
    expect(await sending.send(message(receiver.url))).toMatchObject({error: null})
    receiver.closeIdleConnections()
  }
  expect(receiver.received).toHaveLength(5)
})

test('an answer of any length is no burden', async () => {
  const receiver = await WebhookReceiver.start(() => ({status: 500, body: 'x'.repeat(5_000_000)}))
  const sending = sender(open)
  const {response} = await sending.send(message(receiver.url))
  expect(response).toHaveLength(200)
  receiver.answer = () => ({status: 200, body: 'x'.repeat(5_000_000)})
  expect(await sending.send(message(receiver.url))).toMatchObject({error: null, response: null})
})

test('each way to fail has a name', async () => {
  const receiver = await WebhookReceiver.start()
  const broken = createServer(socket => void socket.destroy())
  await new Promise<void>(listening => broken.listen(0, '127.0.0.1', listening))
  const {port} = broken.address() as AddressInfo
  const failure = async (url: string, rules: TargetRules = open) => (await sender(rules).send(message(url))).error
  expect(await failure(receiver.url.replace('http:', 'https:'))).toBe('tls')
  expect(await failure(`http://127.0.0.1:${port}/`)).toBe('connection_broken')
  await new Promise(closed => broken.close(closed))
  expect(await failure(`http://127.0.0.1:${port}/`)).toBe('unreachable')
  expect(await failure('http://127.0.0.1/', {allowHttp: false})).toBe('invalid_target')
  const unknown = {...open, resolve: async () => Promise.reject(Object.assign(new Error(), {code: 'ENOTFOUND'}))}
  expect(await failure('http://nowhere.example/', unknown)).toBe('unknown_host')
  const silent = {...open, resolve: () => new Promise<never>(() => {})}
  expect((await sender(silent, new TestClock(), 50).send(message('http://slow.example/'))).error).toBe('timeout')
})
