import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {gzipSync} from 'node:zlib'
import {describe, expect, onTestFinished, test} from 'vitest'
import {list} from '../../plugins/rag/src/operations/list.ts'
import {show} from '../../plugins/rag/src/operations/show.ts'
import {Workspace} from '../support/workspace.ts'

interface Site {
  readonly base: string
  /** The requests so far: path and status. */
  readonly requests: string[]
}

type Answer = (request: IncomingMessage, response: ServerResponse, base: string) => void

async function site(pages: Readonly<Record<string, string | Uint8Array | Answer>>): Promise<Site> {
  const requests: string[] = []
  let base = ''
  const server = createServer((request, response) => {
    response.on('finish', () => requests.push(`${request.url} ${response.statusCode}`))
    const page = pages[request.url!]
    if (page === undefined) response.writeHead(404).end()
    else if (typeof page === 'function') page(request, response, base)
    else {
      if (typeof page === 'string' && page.startsWith('<!doctype')) response.setHeader('content-type', 'text/html')
      response.end(page)
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {base, requests}
}

const visitor = (): Workspace => new Workspace({env: {OMNI_RAG_ALLOW_PRIVATE_URLS: 'true', OMNI_RAG_WEB_DELAY_MS: '0'}})

const paragraphs = Array.from(
  {length: 8},
  (_, index) =>
    `<p>Odstavek ${index}: obrezovanje jablan je delo za hladne, suhe dni, ko drevo miruje in se rane zacelijo.</p>`,
).join('')

describe('pages', () => {
  test('are read without what stands around the article; tables and code stay', async () => {
    const {base} = await site({
      '/clanek': `<!doctype html><html><head><title>Jablane</title></head><body>
        <div class="menu sidebar"><a href="/a">Domov</a> <a href="/b">Trgovina</a></div>
        <div class="content"><h2>Kdaj</h2>${paragraphs}<pre>rez(veja)</pre>
        <table><thead><tr><th>Sorta</th><th>Mesec</th></tr></thead><tbody><tr><td>Bobovec</td><td>3</td></tr></tbody></table></div>
        <div class="related sponsor"><a href="/c">Kupite škarje</a></div></body></html>`,
    })
    const workspace = visitor()
    expect(await workspace.ingest([`${base}/clanek`])).toMatchObject({added: 1, failures: 0})
    const {document, passages} = await workspace.call(show, {source: `${base}/clanek`})
    const text = passages.map(passage => passage.text).join('\n')
    expect(document.title).toBe('Jablane')
    expect(text).toContain('Odstavek 7')
    expect(text).toContain('rez(veja)')
    expect(text).toContain('| Sorta | Mesec |\n| --- | --- |\n| Bobovec | 3 |')
    expect(text).not.toMatch(/Trgovina|Kupite/)
  })

  test('a second ingest asks whether they changed, and reads only what did', async () => {
    let etag = '"1"'
    const {base, requests} = await site({
      '/a.md': (request, response) => {
        response.setHeader('etag', etag)
        if (request.headers['if-none-match'] === etag) response.writeHead(304).end()
        else response.end(`# Različica ${etag}\n`)
      },
    })
    const workspace = visitor()
    await workspace.ingest([`${base}/a.md`])
    expect(await workspace.ingest([`${base}/a.md`])).toMatchObject({unchanged: 1})
    etag = '"2"'
    expect(await workspace.ingest([`${base}/a.md`])).toMatchObject({changed: 1})
    // Other metadata makes it changed though the page is not: it is fetched again.
    expect(await workspace.ingest([`${base}/a.md`], {metadata: {year: '2026'}})).toMatchObject({changed: 1})
    expect(requests.filter(each => each.startsWith('/a.md')).map(each => each.split(' ')[1])).toEqual([
      '200',
      '304',
      '200',
      '304',
      '200',
    ])
  })
})

describe('sitemaps', () => {
  test('bring all pages of their host, through an index and compression, and robots.txt is obeyed', async () => {
    const page = (word: string): string => `<!doctype html><main><p>${word}</p></main>`
    const {base, requests} = await site({
      '/robots.txt': 'User-agent: *\nDisallow: /skrito\nAllow: /\n',
      '/sitemap.xml': (_, response, at) =>
        response.end(
          `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>${at}/sitemap-1.xml.gz</loc></sitemap></sitemapindex>`,
        ),
      '/sitemap-1.xml.gz': (_, response, at) =>
        response.end(
          gzipSync(
            `<urlset xmlns:image="i">${[`${at}/prva`, `${at}/skrito`, 'http://10.0.0.1/tuje', `${at}/druga?a=1&amp;b=2`]
              .map(each => `<url><loc>${each}</loc><image:image><image:loc>${at}/slika</image:loc></image:image></url>`)
              .join('')}</urlset>`,
          ),
        ),
      '/prva': page('prva'),
      '/skrito': page('skrito'),
      '/druga?a=1&b=2': page('druga'),
    })
    const workspace = visitor()
    const {added, failed} = await workspace.ingest([`${base}/sitemap.xml`])
    expect(added).toBe(2)
    expect(failed).toEqual([expect.objectContaining({source: `${base}/skrito`, reason: 'disallowed'})])
    const {items} = await workspace.call(list, {})
    expect(items.map(({source}) => source)).toEqual([`${base}/druga?a=1&b=2`, `${base}/prva`])
    expect(requests.filter(each => each.startsWith('/robots.txt'))).toHaveLength(1)
    expect(requests.join()).not.toMatch(/skrito|slika/)
  })

  test('a site whose robots.txt cannot be had is left alone; what is no sitemap is told', async () => {
    const down = await site({'/robots.txt': (_, response) => response.writeHead(503).end(), '/a.md': '# a\n'})
    const workspace = visitor()
    expect((await workspace.ingest([`${down.base}/a.md`])).failed).toEqual([
      expect.objectContaining({reason: 'unreadable', message: expect.stringContaining('robots.txt')}),
    ])
    expect(down.requests.join()).not.toContain('a.md')
    const {base} = await site({'/sitemap.xml': '<html><p>no</p></html>'})
    expect((await workspace.ingest([`${base}/sitemap.xml`])).failed).toEqual([
      expect.objectContaining({reason: 'corrupt'}),
    ])
  })

  test('entities that a sitemap declares are not expanded', async () => {
    const {base} = await site({
      '/sitemap.xml': `<!DOCTYPE u [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>`,
    })
    expect(await visitor().ingest([`${base}/sitemap.xml`])).toMatchObject({found: 0})
  })
})
