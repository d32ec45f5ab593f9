import {expect, test} from 'vitest'
import {verified, WebhookReceiver} from '../support/webhook-receiver.ts'
import {Workspace} from '../support/workspace.ts'

test('an endpoint is added, tried, shown, changed and removed', async () => {
  const workspace = new Workspace({env: {OMNI_WEBHOOKS_ALLOW_PRIVATE_TARGETS: 'true'}})
  const receiver = await WebhookReceiver.start()
  const added = await workspace.omni(['webhooks', 'add', receiver.url, '--events', 'rag.*', '--events', 'key.created'])
  // To a pipe the secret alone.
  expect(added).toMatchObject({code: 0, stdout: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=\n$/)})
  const [endpoint] = (await workspace.json<{items: {name: string}[]}>(['webhooks', 'list'])).items
  expect(endpoint).toMatchObject({name: '127.0.0.1', url: receiver.url, events: ['rag.*', 'key.created']})

  expect(await workspace.json(['webhooks', 'test', '127.0.0.1'])).toMatchObject({delivered: true, status: 204})
  expect(verified(added.stdout.trim(), receiver.received[0]!)).toMatchObject({type: 'webhook.test'})
  receiver.answer = () => ({status: 503, body: 'later'})
  expect(await workspace.json(['webhooks', 'test', '127.0.0.1'], 1)).toMatchObject({
    delivered: false,
    status: 503,
    error: 'status',
    response: 'later',
  })

  const change = ['webhooks', 'update', '127.0.0.1', '--name', 'shop', '--events', '*', '--status', 'disabled']
  expect(await workspace.json(change)).toMatchObject({name: 'shop', status: 'disabled', disabled_reason: 'by_hand'})
  expect(await workspace.json(['webhooks', 'replay', 'shop'], 6)).toMatchObject({error: {code: 'endpoint_disabled'}})
  expect(await workspace.json(['webhooks', 'add', receiver.url, '--events', '*', '--name', 'shop'], 6)).toMatchObject({
    error: {code: 'endpoint_exists'},
  })
  expect((await workspace.omni(['webhooks', 'remove', 'shop', '--yes'])).code).toBe(0)
  expect(await workspace.json(['webhooks', 'show', 'shop'], 5)).toMatchObject({error: {code: 'unknown_endpoint'}})
})

test('what cannot be is refused with the next step', async () => {
  const workspace = new Workspace()
  const refused = async (url: string, event: string, code: number) => {
    const {error} = await workspace.json<{error: {code: string; hint?: string}}>(
      ['webhooks', 'add', url, '--events', event],
      code,
    )
    return [error.code, error.hint]
  }
  const closed = expect.stringContaining('webhooks.allow_private_targets')
  expect(await refused('example.com', 'rag.*', 2)).toEqual(['invalid_target', expect.stringContaining('https://')])
  expect(await refused('http://9.9.9.9/', 'rag.*', 2)).toEqual(['invalid_target', closed])
  expect(await refused('https://192.168.1.1/', 'rag.*', 4)).toEqual(['private_target', closed])
  expect(await refused('https://9.9.9.9/', 'rag.document.ingested', 2)).toEqual([
    'unknown_event',
    expect.stringContaining('did you mean rag.documents.ingested'),
  ])
  expect(await refused('https://9.9.9.9/', 'ragg.*', 2)).toEqual(['unknown_event', expect.any(String)])
  expect(await refused('https://9.9.9.9/', 'Rag Ingested', 2)).toEqual(['usage', expect.any(String)])
  expect((await workspace.json<{items: []}>(['webhooks', 'list'])).items).toEqual([])
})
