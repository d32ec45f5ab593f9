import {existsSync, readFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {Client, StreamableHTTPClientTransport} from '@modelcontextprotocol/client'
import {chromium} from 'playwright-core'
import {expect, test} from 'vitest'
import {surfaces} from '../../src/server/surfaces.ts'
import {temporaryHome} from '../cli/program.ts'
import {testApp} from '../support/app.ts'
import {startServer} from '../support/server.ts'
import {registry} from '../support/workspace.ts'

const mounted = {
  mounts: [surfaces({topics: registry.topics(), allowDestructiveTools: true, introspection: true})],
}

const graphQl = (query: string) => ({method: 'POST', body: {query}})

test('the documents are there for everybody, what they describe is not', async () => {
  const {request} = await testApp(mounted)
  expect((await request('/openapi.json')).json).toMatchObject({openapi: '3.1.1', paths: {'/api/v1/rag/search': {}}})
  expect((await request('/openapi-3.0.json')).json).toMatchObject({openapi: '3.0.4'})
  const page = await request('/docs')
  expect(page.status).toBe(200)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect((await request('/docs/none.js')).status).toBe(404)
  expect((await request('/graphql', graphQl('{ __typename }'))).status).toBe(401)
  expect((await request('/mcp', {method: 'POST', body: {}})).status).toBe(401)
})

test('GraphQL and MCP hold a key to its scopes and its tenant', async () => {
  const {app, request, key} = await testApp(mounted)
  const [writer, reader, stranger] = await Promise.all([
    key(['rag:*'], {tenant: 'acme'}),
    key(['rag:read'], {tenant: 'acme'}),
    key(['rag:*'], {tenant: 'other'}),
  ])
  const ingest =
    'mutation { rag_ingest(documents: [{source: "a.md", content: "The notice period is three months."}]) { chunks } }'
  const denied = await request('/graphql', {...graphQl(ingest), key: reader})
  expect(denied.json.errors).toMatchObject([{extensions: {code: 'denied', status: 403}}])
  expect((await request('/graphql', {...graphQl(ingest), key: writer})).json).toEqual({data: {rag_ingest: {chunks: 1}}})
  const list = '{ rag_list { items { source } } }'
  expect((await request('/graphql', {...graphQl(list), key: reader})).json.data.rag_list.items).toHaveLength(1)
  expect((await request('/graphql', {...graphQl(list), key: stranger})).text).not.toContain('a.md')

  const tools = async (own: string) => {
    const client = new Client({name: 'test', version: '1'})
    await client.connect(
      new StreamableHTTPClientTransport(new URL('http://omni.test/mcp'), {
        fetch: async (input: string | URL, init?: RequestInit) => app.fetch(new Request(input, init)),
        requestInit: {headers: {Authorization: `Bearer ${own}`}},
      }),
    )
    return client
  }
  const call = async (own: string, name: string) => {
    const client = await tools(own)
    const {isError, content} = await client.callTool({name, arguments: name === 'rag_remove' ? {all: true} : {}})
    await client.close()
    return {isError: isError === true, text: content.map(each => ('text' in each ? each.text : '')).join('')}
  }
  expect(await call(reader, 'rag_remove')).toMatchObject({isError: true, text: expect.stringContaining('"denied"')})
  expect((await call(stranger, 'rag_list')).text).not.toContain('a.md')
  expect((await call(reader, 'rag_list')).text).toContain('a.md')
})

test('a body that is too large is refused before it is read', async () => {
  const {request, key} = await testApp(mounted)
  const own = await key(['*'])
  for (const path of ['/graphql', '/mcp']) {
    const answer = await request(path, {method: 'POST', key: own, body: {query: 'x'.repeat(5_000_000)}})
    expect(answer.status).toBe(413)
  }
})

const browser = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
if (browser === undefined) {
  process.stdout.write('Skipped: the page of the documents in a browser, because no Chromium is installed\n')
}

test.skipIf(browser === undefined)(
  'the documents page works in a browser within its policy, and axe finds nothing',
  async () => {
    const server = await startServer(temporaryHome())
    const chrome = await chromium.launch({executablePath: browser!, args: ['--no-sandbox']})
    try {
      const page = await chrome.newPage()
      page.setDefaultTimeout(90_000)
      const complaints: string[] = []
      const elsewhere: string[] = []
      page.on('console', message => void (message.type() === 'error' && complaints.push(message.text())))
      page.on('pageerror', error => void complaints.push(error.message))
      page.on(
        'request',
        request =>
          void (
            request.url().startsWith(server.url) ||
            request.url().startsWith('data:') ||
            elsewhere.push(request.url())
          ),
      )
      await page.goto(`${server.url}/docs`)
      await page.locator('.opblock').first().waitFor()
      // Of a long list the page draws only what is in sight.
      const entry = page.getByText('Find the passages that best match a query')
      while (!(await entry.isVisible())) {
        await page.mouse.wheel(0, 300)
        await page.evaluate('new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))')
      }
      await entry.click()
      await page.locator('.opblock-body').first().waitFor()
      expect(page.url()).toContain('rag_search')
      // The page's policy lets no foreign script in; the debugger's protocol is above it.
      await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
      const violations = await page.evaluate(
        `axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}).then(({violations}) =>
          violations.map(({id, nodes}) => ({id, nodes: nodes.map(node => [node.html, node.failureSummary])})))`,
      )
      expect(violations).toEqual([])
      expect(complaints).toEqual([])
      expect(elsewhere).toEqual([])
    } finally {
      await chrome.close()
      await server.stop()
    }
  },
  180_000,
)
