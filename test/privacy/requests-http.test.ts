import {describe, expect, test} from 'vitest'
import {testApp} from '../support/app.ts'
import {Workspace} from '../support/workspace.ts'

const ana = 'ana.novak@example.com'

async function deployment() {
  const workspace = new Workspace()
  workspace.write('docs/team.md', `# Team\n\nAna Novak (${ana}) leads the harbour project with Janez Kranjc.\n`)
  workspace.write('docs/menu.md', '# Menu\n\nOn Friday there is soup.\n')
  await workspace.ingest(['docs'])
  const app = await testApp({workspace})
  const key = await app.key(['gdpr:*', 'rag:*'])
  const post = (path: string, body: object) => app.request(`/api/v1/gdpr${path}`, {key, body})
  return {app, key, post}
}

describe('the paths of rights', () => {
  test('access answers with the data, and closes the request that it was', async () => {
    const {app, key, post} = await deployment()
    const {status, json} = await post('/rights/access', {email: ana})
    expect(status).toBe(200)
    expect(json.request).toMatchObject({right: 'access', state: 'closed', outcome: 'fulfilled'})
    expect(json.items[0].data.fields.text).toContain('harbour project')
    expect(json.items[0].data.fields.text).not.toContain('Kranjc')
    expect(json.next).toBeNull()
    const shown = await app.request(`/api/v1/gdpr/requests/${json.request.id}`, {key})
    expect(shown.json.identities).toEqual([])
    const receipt = await app.request(`/api/v1/gdpr/requests/${json.request.id}/receipt`, {key})
    expect(receipt.json).toEqual(json.receipt)
  })

  test('erasure erases, and a repeated request with its key does nothing more', async () => {
    const {app, key} = await deployment()
    const request = {key, body: {email: ana}, headers: {'Idempotency-Key': 'erase-ana'}}
    const first = await app.request('/api/v1/gdpr/rights/erasure', request)
    expect(first.json.request).toMatchObject({state: 'closed', outcome: 'fulfilled', found: 1})
    const again = await app.request('/api/v1/gdpr/rights/erasure', request)
    expect(again.json).toEqual(first.json)
    const found = await app.request('/api/v1/rag/search', {key, body: {query: 'harbour project'}})
    expect(JSON.stringify(found.json)).not.toContain('Novak')
    const {json} = await app.request('/api/v1/gdpr/requests', {key})
    expect(json.items).toHaveLength(1)
  })

  test('portability, rectification, status and health have their paths', async () => {
    const {app, key, post} = await deployment()
    const portable = await post('/rights/portability', {user_id: 'key:nobody'})
    expect(portable.json.request).toMatchObject({right: 'portability', outcome: 'not_found'})
    const rectified = await post('/rights/rectification', {email: ana, corrections: {name: 'Ana Kos'}})
    expect([rectified.status, rectified.json.code]).toEqual([422, 'gdpr_nothing_to_correct'])
    const unknown = await post('/rights/rectification', {email: 'nobody@example.com', corrections: {name: 'Ana'}})
    expect(unknown.json.request).toMatchObject({right: 'rectification', outcome: 'not_found'})
    const status = await app.request('/api/v1/gdpr/status', {key})
    expect(status.json).toMatchObject({open: 0, closed: 2, overdue: 0})
    const health = await app.request('/api/v1/gdpr/health', {key})
    expect(health.json).toMatchObject({status: 'ok'})
  })

  test('who is not said to be anybody is told so, and who may only read does not write', async () => {
    const {app, post} = await deployment()
    const nobody = await post('/rights/access', {})
    expect([nobody.status, nobody.json.code]).toEqual([422, 'gdpr_no_subject'])
    const reader = await app.key(['gdpr:read'])
    const refused = await app.request('/api/v1/gdpr/rights/erasure', {key: reader, body: {email: ana}})
    expect(refused.status).toBe(403)
    const other = await app.key(['gdpr:*'], {tenant: 'globex'})
    const unknown = await app.request('/api/v1/gdpr/rights/access', {key: other, body: {email: ana}})
    expect(unknown.json.request.outcome).toBe('not_found')
  })
})
