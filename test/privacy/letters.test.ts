import {expect, test} from 'vitest'
import {testApp} from '../support/app.ts'
import {Workspace} from '../support/workspace.ts'

const env = {
  OMNI_PRIVACY_CONTROLLER: 'Čebelarstvo Žužemberk d.o.o., Šmihel 1',
  OMNI_PRIVACY_CONTACT: 'zasebnost@example.com',
}
const pdf = {accept: 'application/pdf'}

async function opened(options: {readonly env?: Record<string, string>} = {env}) {
  const {request, key} = await testApp({workspace: new Workspace(options)})
  const own = await key(['gdpr:*'])
  const call = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
    request(`/api/v1/gdpr/${path}`, {key: own, headers, ...(body === undefined ? {} : {method: 'POST', body})})
  const asked = await call('requests', {right: 'erasure', user: 'ana@example.com', regime: 'zvop'})
  expect(asked.status, asked.text).toBe(200)
  const id = asked.json.id as string
  return {call, id, letter: (query = '', headers = {}) => call(`requests/${id}/letter${query}`, undefined, headers)}
}

test('the person is written what the request says, as text and as a file', async () => {
  const {call, id, letter} = await opened()
  const confirmation = await letter('?language=sl&addressee=Ana%20Novak')
  expect(confirmation.status, confirmation.text).toBe(200)
  expect(confirmation.json).toMatchObject({kind: 'confirmation', document: {encoding: 'utf-8'}})
  const {content} = confirmation.json.document
  for (const said of [id, 'Ana Novak', env.OMNI_PRIVACY_CONTROLLER, env.OMNI_PRIVACY_CONTACT])
    expect(content).toContain(said)
  const file = await letter('?as=pdf&language=sl', pdf)
  expect(file.headers.get('content-type')).toBe('application/pdf')
  expect(file.text.slice(0, 5)).toBe('%PDF-')

  const early = await letter('?kind=answer')
  expect(early.json).toMatchObject({status: 409, code: 'gdpr_letter_does_not_fit'})
  const reason = 'The court has to be asked'
  await call(`requests/${id}/extend`, {reason})
  const extension = await letter()
  expect(extension.json.kind).toBe('extension')
  expect(extension.json.document.content).toContain(reason)

  const refused = await call(`requests/${id}/refuse`, {exception: 'manifestly_unfounded'})
  expect(refused.status, refused.text).toBe(200)
  const refusal = await letter()
  expect(refusal.json.kind).toBe('refusal')
  // ZVOP-2, article 14(2): a complaint within 15 days.
  expect(refusal.json.document.content).toContain('15')
})

test('nobody writes whose name is not known', async () => {
  const {letter} = await opened({})
  expect((await letter()).json).toMatchObject({
    code: 'privacy_no_controller',
    hint: expect.stringContaining('config set'),
  })
})
