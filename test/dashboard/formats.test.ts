import {readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {omni, temporaryHome} from '../cli/program.ts'
import {testApp} from '../support/app.ts'
import {startServer} from '../support/server.ts'

const built = ['dashboard', 'build', 'Security & Auth', '--sample']
const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47])

test('forms of a page are the same over there as here: text and pictures, kept and exported', async () => {
  const [there, here] = [temporaryHome(), temporaryHome()]
  const server = await startServer(there)
  const env = {OMNI_URL: server.url, OMNI_API_KEY: await server.key(['*'])}
  const formats = ['--format', 'html,json', '--format', 'png']
  const distant = await omni([...built, ...formats, '--out', 'distant'], {home: here, cwd: here, env})
  const local = await omni([...built, ...formats, '--out', 'local'], {home: here, cwd: here})
  expect([distant.code, local.code]).toEqual([0, 0])
  const files = readdirSync(join(here, 'local')).toSorted()
  expect(files).toEqual(['security-auth.html', 'security-auth.json', 'security-auth.png'])
  for (const file of files) {
    const [one, other] = ['distant', 'local'].map(directory => readFileSync(join(here, directory, file)))
    expect([file, one!.equals(other!)]).toEqual([file, true])
  }
  expect(readFileSync(join(here, 'distant/security-auth.png')).subarray(0, 4).equals(pngSignature)).toBe(true)

  expect((await omni([...built, '--format', 'json'], {home: here, cwd: here, env})).code).toBe(0)
  const exported = async (format: string, to: string, page = 'Security & Auth') =>
    omni(['dashboard', 'export', page, '--format', format, '--out', to], {home: here, cwd: here, env})
  expect((await exported('html', 'from-json.html')).code).toBe(0)
  expect((await exported('html', 'from-file.html', 'local/security-auth.json')).code).toBe(0)
  for (const file of ['from-json.html', 'from-file.html']) {
    const same = readFileSync(join(here, file)).equals(readFileSync(join(here, 'local/security-auth.html')))
    expect([file, same]).toEqual([file, true])
  }
  const diff = async (...argv: string[]) => omni(['dashboard', 'diff', ...argv, '--json'], {home: here, cwd: here, env})
  expect((await diff('local/security-auth.json', 'from-json.html')).code).toBe(0)
  await omni([...built, '--seed', '2', '--format', 'json', '--out', 'other'], {home: here, cwd: here})
  const {code, stdout} = await diff('local/security-auth.json', 'other/security-auth.json')
  expect(code).toBe(7)
  expect(JSON.parse(stdout)).toMatchObject({same: false, counts: {spec: 0, panel: 0}})
})

test('a page has one entry with all its files; a form that is not built again is gone, a changed one refused', async () => {
  const {request, key, workspace} = await testApp()
  const acme = await key(['*'], {tenant: 'acme'})
  const globex = await key(['*'], {tenant: 'globex'})
  const path = '/api/v1/dashboards'
  const build = (formats: readonly string[]) =>
    request(`${path}/build`, {key: acme, body: {names: ['Security & Auth'], sample: true, formats}})
  const directory = join(workspace.data, 'dashboards', 'acme')
  expect((await build(['json', 'grafana', 'html'])).status).toBe(200)
  const manifest = () => JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'))
  expect(manifest().pages).toMatchObject([
    {
      file: 'security-auth.html',
      files: [
        {format: 'html', file: 'security-auth.html'},
        {format: 'json', file: 'security-auth.json'},
        {format: 'grafana', file: 'security-auth.grafana.json'},
      ],
    },
  ])
  const [page] = (await request(`${path}/generated`, {key: acme})).json.pages
  expect(page).toMatchObject({state: 'ready', files: [{format: 'html'}, {format: 'json'}, {format: 'grafana'}]})

  const get = (query: string, more: object = {}) =>
    request(`${path}/export?page=security-auth&${query}`, {key: acme, ...more})
  expect((await get('format=png', {headers: {accept: 'image/*'}})).headers.get('content-type')).toBe('image/png')
  expect(await get('format=png')).toMatchObject({json: {encoding: 'base64', media_type: 'image/png'}})
  const foreign = await request(`${path}/export?page=security-auth&format=json`, {key: globex})
  expect(foreign).toMatchObject({status: 404, json: {code: 'unknown_dashboard_page'}})

  await build(['html', 'tsx'])
  expect(readdirSync(directory).toSorted()).toEqual(['manifest.json', 'security-auth.html', 'security-auth.tsx'])
  expect(await get('format=json')).toMatchObject({status: 404, json: {code: 'dashboard_format_not_kept'}})
  writeFileSync(join(directory, 'security-auth.html'), 'x')
  expect(await get('format=html')).toMatchObject({status: 409, json: {code: 'dashboard_file_changed'}})
  expect((await request(`${path}/generated`, {key: acme})).json.pages).toMatchObject([{state: 'changed'}])
})
