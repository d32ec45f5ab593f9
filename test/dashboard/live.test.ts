import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {connect, createServer} from 'node:net'
import {type Browser, chromium, type Page} from 'playwright-core'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {makeKey, startServer} from '../support/server-process.ts'
import {Workspace} from '../support/workspace.ts'

const sales =
  'order_id,date,region,total,company\n1,2026-01-01,North,10,acme\n2,2026-01-02,South,20,acme\n3,2026-01-02,South,700,globex\n'

const ends: (() => Promise<void> | void)[] = []
afterAll(async () => {
  for (const end of ends.toReversed()) await end()
})

/** Starts the built program's local server, and waits for its address. */
async function serveDashboards(from: Workspace, flags: readonly string[]) {
  const {child, finished} = from.start(['dashboard', 'serve', ...flags, '--port', '0'])
  ends.push(async () => {
    child.kill('SIGKILL')
    await finished
  })
  const url = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout!.on('data', (piece: string) => {
      text += piece
      if (text.includes('\n')) resolve(new URL(text.trim()).origin)
    })
    void finished.then(({stderr}) => reject(new Error(stderr)))
  })
  return {url, child, finished}
}

const revenue = '#revenue .value'

// One server for all tests of it.
let workspace: Workspace
let url: string
beforeAll(async () => {
  workspace = new Workspace({atEnd: cleanUp => void ends.push(cleanUp)})
  workspace.write('sales.csv', sales)
  ;({url} = await serveDashboards(workspace, ['Revenue Analytics', '--data', 'sales.csv']))
})

describe('dashboards of a local server', () => {
  test.each([
    ['another name for this machine', '/dashboards', {Host: 'rebound.example'}, 422],
    ['a page of another site', '/dashboards/revenue-analytics', {Origin: 'https://evil.example'}, 422],
    ['a dashboard that there is not', '/dashboards/nothing', {}, 404],
    ['a way out of the directory', '/dashboards/..%2f..%2fetc%2fpasswd', {}, 404],
    ['any other operation', '/api/v1/whoami', {}, 404],
    ['a filter that is none', '/dashboards/revenue-analytics?colour=red', {}, 422],
  ])('%s is refused', async (_name, path, headers, status) => {
    // fetch lets nobody write the header Host.
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1', () => {
        const lines = Object.entries({Host: new URL(url).host, Connection: 'close', ...headers})
        socket.end(`GET ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`)
      })
      let answer = ''
      socket.setEncoding('utf8').on('data', (piece: string) => (answer += piece))
      socket.on('end', () => resolve(answer)).on('error', reject)
    })
    expect(text.split('\r\n')[0]).toContain(` ${status} `)
    expect(text.toLowerCase()).not.toContain('access-control-allow')
  })

  test('nothing is changed through it, and its pages allow their own script and style alone', async () => {
    expect((await fetch(`${url}/dashboards`, {method: 'POST'})).status).toBe(405)
    const page = await fetch(`${url}/dashboards/revenue-analytics`)
    const policy = page.headers.get('content-security-policy')!
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; connect-src 'self';/,
    )
    expect(policy).not.toContain('unsafe')
    expect(await page.text()).not.toMatch(/ on[a-z]+="/)
  })

  test('a browser is told in words what cannot be shown, with the way back; a program gets problem details', async () => {
    const address = `${url}/dashboards/revenue-analytics?where.planet=Mars`
    const page = await fetch(address, {headers: {Accept: 'text/html,application/xhtml+xml'}})
    expect([page.status, page.headers.get('content-type')]).toEqual([422, 'text/html; charset=utf-8'])
    const html = await page.text()
    expect(html).toContain('Rows cannot be filtered by planet: there is region')
    expect(html).toContain('<a href="/dashboards">')
    const problem = await fetch(address, {headers: {Accept: 'application/json'}})
    expect([problem.status, await problem.json()]).toMatchObject([422, {code: 'invalid_input'}])
  })

  test('beyond this machine it does not go', async () => {
    const {code, stderr} = await workspace.omni(['dashboard', 'serve', '--sample', '--all', '--host', '0.0.0.0'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('omni serve')])
  })
})

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
if (executablePath === undefined) process.stdout.write('Skipped: live dashboards, because no Chromium is installed\n')

describe.skipIf(executablePath === undefined)('live dashboards in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({executablePath: executablePath!, args: ['--no-sandbox']})
    return () => browser.close()
  })
  const write = (text: string) => writeFileSync(workspace.path('sales.csv'), text)

  /** A page, with what it complained about and whom it asked beside its own server. */
  async function opened(address: string): Promise<{page: Page; complaints: string[]; strangers: string[]}> {
    const page = await (await browser.newContext()).newPage()
    const complaints: string[] = []
    const strangers: string[] = []
    page.on('console', message => void (message.type() === 'error' && complaints.push(message.text())))
    page.on('pageerror', error => void complaints.push(error.message))
    page.on('request', request => {
      if (!request.url().startsWith(new URL(address).origin) && !request.url().startsWith('data:'))
        strangers.push(request.url())
    })
    await page.goto(address)
    return {page, complaints, strangers}
  }
  const shows = (page: Page, selector: string, text: string) =>
    page.locator(selector, {hasText: new RegExp(`^\\s*${text}\\s*$`)}).waitFor()

  test('from the index to a page that changes with its data, and keeps what its reader has open', async () => {
    const {page, complaints, strangers} = await opened(url)
    await page.getByRole('link', {name: 'Revenue Analytics'}).click()
    await shows(page, revenue, '730')
    await shows(page, '#live-state', 'Live')
    await page.locator('#revenue summary').click()
    await page.locator('#revenue summary').focus()
    write(sales.replace('South,20', 'South,25'))
    await shows(page, revenue, '735')
    expect(await page.locator('#revenue table').isVisible()).toBe(true)
    expect(await page.evaluate('document.activeElement.tagName')).toBe('SUMMARY')
    write(`${sales}4,2026-01-03,"Nor`)
    await page.locator('#live-problem', {hasText: 'This is as it was last read.'}).waitFor()
    await shows(page, revenue, '735')
    write(`${sales}4,2026-01-03,<img src=x onerror=alert(1)>,1,acme\n`)
    await shows(page, revenue, '731')
    await page.locator('#live-problem').waitFor({state: 'hidden'})
    expect(await page.locator('img').count()).toBe(0)
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
    const violations = await page.evaluate(
      `axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}).then(({violations}) =>
        violations.map(({id, nodes}) => [id, nodes.map(node => node.html)]))`,
    )
    expect(violations).toEqual([])
    expect([complaints, strangers]).toEqual([[], []])
    await page.context().close()
  })

  test('by keyboard alone a filter and days are chosen; they stand in the address, which shows the same again', async () => {
    write(sales)
    const {page, complaints} = await opened(`${url}/dashboards/revenue-analytics`)
    await shows(page, revenue, '730')
    await page.locator('[id="where.region"]').focus()
    await page.keyboard.press('S')
    await page.keyboard.press('Tab')
    while ((await page.evaluate('document.activeElement.id')) !== 'live-apply') await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await shows(page, revenue, '720')
    expect(page.url()).toBe(`${url}/dashboards/revenue-analytics?where.region=South`)
    expect(await page.evaluate('document.activeElement.id')).toBe('live-apply')
    await shows(page, '#live-state', 'Live')
    write(sales.replace('South,20', 'South,30'))
    await shows(page, revenue, '730')
    await page.goBack()
    await shows(page, revenue, '740')
    const {page: other} = await opened(`${url}/dashboards/revenue-analytics?from=2026-01-01&to=2026-01-01`)
    await shows(other, revenue, '10')
    expect(await other.getByLabel('First day').inputValue()).toBe('2026-01-01')
    expect(complaints).toEqual([])
    await Promise.all([page.context().close(), other.context().close()])
  })

  test('a page whose stream is cut says so, and is right again when it comes back', async () => {
    write(sales)
    const between = await relay(Number(new URL(url).port))
    ends.push(() => void between.cut())
    const {page} = await opened(`http://127.0.0.1:${between.port}/dashboards/revenue-analytics`)
    await shows(page, '#live-state', 'Live')
    between.cut()
    await page.locator('#live-state[data-state=away]').waitFor()
    await shows(page, revenue, '730')
    write(sales.replace('South,20', 'South,40'))
    await between.mend()
    await shows(page, revenue, '750')
    await shows(page, '#live-state', 'Live')
    await page.context().close()
  })

  test('of `omni serve` with a key: the tenant’s own rows, live, and nothing without the key', async () => {
    write(sales)
    const sources = {sales: {location: workspace.path('sales.csv'), tenant_column: 'company'}}
    const served = new Workspace({
      atEnd: cleanUp => void ends.push(cleanUp),
      env: {OMNI_DASHBOARD_SOURCES: JSON.stringify(sources), OMNI_TENANT: 'acme'},
    })
    await served.json(['dashboard', 'build', 'Revenue Analytics', '--source', 'sales'], 3)
    const key = await makeKey(served, 'viewer', 'dashboard:read')
    const {url: server} = await startServer(served)
    const {page, complaints, strangers} = await opened(`${server}/dashboards/revenue-analytics`)
    expect(await page.content()).not.toContain('Revenue')
    expect((await fetch(`${server}/api/v1/dashboards/revenue-analytics/events`)).status).toBe(401)
    await page.getByLabel('API key').fill(key)
    await page.keyboard.press('Enter')
    await shows(page, revenue, '30')
    await shows(page, '#live-state', 'Live')
    expect(page.url()).not.toContain(key.slice(0, 20))
    write(sales.replace('South,20', 'South,21').replace('South,700', 'South,999'))
    await shows(page, revenue, '31')
    await page.getByRole('link', {name: 'All dashboards'}).click()
    await page.getByRole('link', {name: 'Revenue Analytics'}).waitFor()
    expect([complaints, strangers]).toEqual([[], []])
    await page.context().close()
  })
})

/** A proxy for bytes that can be cut and mended, as a network can. */
async function relay(to: number) {
  const sockets = new Set<{destroy(): void}>()
  let server = listening()
  let port = 0
  function listening() {
    return createServer(socket => {
      const other = connect(to, '127.0.0.1')
      for (const each of [socket, other]) {
        sockets.add(each)
        each
          .on('error', () => undefined)
          .on('close', () => {
            sockets.delete(each)
            socket.destroy()
            other.destroy()
          })
      }
      socket.pipe(other).pipe(socket)
    })
  }
  const listen = (at: number) => new Promise<void>(resolve => server.listen(at, '127.0.0.1', resolve))
  await listen(0)
  port = (server.address() as {port: number}).port
  return {
    port,
    cut() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
    async mend() {
      server = listening()
      await listen(port)
    },
  }
}
