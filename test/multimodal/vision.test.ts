import {spawn} from 'node:child_process'
import {mkdirSync, writeFileSync} from 'node:fs'
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {LLMock} from '@copilotkit/aimock'
import sharp from 'sharp'
import {afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test} from 'vitest'
import {characterErrorRate} from '../../plugins/multimodal/test/support/character-error-rate.ts'
import {pageDamage} from '../../plugins/multimodal/test/support/page-damage.ts'
import {draw, invoice, letter, slovenianLetter} from '../../plugins/multimodal/test/support/rendered-pages.ts'
import {scannedPdf} from '../../plugins/multimodal/test/support/scanned-pdf.ts'
import {callIn} from '../support/surface-call.ts'
import {environment, omni, program, temporaryHome} from '../cli/program.ts'
import {testApp} from '../support/app.ts'
import {startServer} from '../support/server.ts'
import {Workspace} from '../support/workspace.ts'

const mock = new LLMock({port: 0})

let upstream: Upstream

beforeAll(async () => {
  await mock.start()
  upstream = await Upstream.start(mock.url)
})
afterAll(async () => {
  upstream.close()
  await mock.stop()
})
beforeEach(() => {
  mock.reset()
  mock.onMessage(/endless/, {content: 'and so on '.repeat(2_000)}, {latency: 40, chunkSize: 10})
  mock.onMessage(/total/, {content: '{"total": 2045.82}'})
  mock.onMessage(/.*/, {content: 'A letter about a pump.'})
})

/** In front of the mock, which does not keep pictures: what it was sent, to the bit. */
class Upstream {
  readonly url: string
  readonly bodies: string[] = []
  readonly #server: Server
  #arrived = Promise.withResolvers<void>()
  #left = Promise.withResolvers<void>()

  private constructor(server: Server, target: string) {
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void this.#forward(request, response, target)
    })
  }

  static async start(target: string): Promise<Upstream> {
    const server = createServer()
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    return new Upstream(server, target)
  }

  /** Resolves when the next request has come whole. */
  next(): Promise<void> {
    this.#arrived = Promise.withResolvers()
    this.#left = Promise.withResolvers()
    return this.#arrived.promise
  }

  /** Resolves when its client has gone, before the answer's end. */
  ended(): Promise<void> {
    return this.#left.promise
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  async #forward(request: IncomingMessage, response: ServerResponse, target: string): Promise<void> {
    const pieces: Buffer[] = []
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece)
    const body = Buffer.concat(pieces).toString()
    this.bodies.push(body)
    const stop = new AbortController()
    response.on('close', () => {
      if (response.writableEnded) return
      this.#left.resolve()
      stop.abort()
    })
    this.#arrived.resolve()
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method ?? 'POST',
      headers: {'content-type': 'application/json', authorization: 'Bearer x'},
      body,
      signal: stop.signal,
    }).catch(() => undefined)
    if (answer === undefined) return
    response.writeHead(answer.status, {'content-type': answer.headers.get('content-type') ?? ''})
    try {
      for await (const piece of answer.body ?? []) response.write(piece)
      response.end()
    } catch {
      response.destroy()
    }
  }
}

interface Word {
  readonly text: string
  readonly confidence: number
  readonly x: number
  readonly y: number
  readonly line: number
}

interface Recognised {
  readonly pages: readonly {
    readonly source: string
    readonly page: number
    readonly text: string
    readonly rotation: number
    readonly words: readonly Word[]
  }[]
  readonly failures: readonly {readonly source: string; readonly code: string}[]
}

/** A home with pictures in it. */
async function homeWithPages(): Promise<string> {
  const home = temporaryHome()
  writeFileSync(join(home, 'invoice.png'), await draw(invoice()))
  writeFileSync(join(home, 'scan.pdf'), await scannedPdf([{picture: await draw(letter())}, {text: 'Written'}]))
  writeFileSync(join(home, 'broken.png'), (await draw(invoice(10))).subarray(0, 900))
  return home
}

const jsonOf = <T>({stdout}: {readonly stdout: string}): T => JSON.parse(stdout) as T

describe('omni vision ocr', () => {
  test('prints the text of a picture, with no network and no key', async () => {
    const home = await homeWithPages()
    const {code, stdout} = await omni(['vision', 'ocr', 'invoice.png', '--quiet'], {home})
    expect(code).toBe(0)
    expect(characterErrorRate(stdout, invoice().truth)).toBeLessThanOrEqual(0.01)
  })

  test('tells each word with its place, its line and how sure it is', async () => {
    const home = await homeWithPages()
    const {pages} = jsonOf<Recognised>(await omni(['vision', 'ocr', 'invoice.png', '--json'], {home}))
    const {words} = pages[0]!
    const [item, amount] = ['Item', 'Amount'].map(name => words.find(({text}) => text === name)!)
    expect([item!.line, Math.abs(item!.y - amount!.y) < 10, item!.x < amount!.x]).toEqual([amount!.line, true, true])
    expect(words.every(({confidence}) => confidence >= 0 && confidence <= 1)).toBe(true)
    const without = await omni(['vision', 'ocr', 'invoice.png', '--json', '--no-words'], {home})
    expect(jsonOf<Recognised>(without).pages[0]!.words).toEqual([])
  })

  test('reads the pages of a PDF, or those that are chosen, parted by form feeds', async () => {
    const home = await homeWithPages()
    const all = await omni(['vision', 'ocr', 'scan.pdf', '-q'], {home})
    const [first, second] = all.stdout.split('\f')
    expect(characterErrorRate(first!, letter().truth)).toBeLessThanOrEqual(0.01)
    expect(second!.trim()).toBe('Written')
    const one = await omni(['vision', 'ocr', 'scan.pdf', '--pages', '2', '--json'], {home})
    expect(jsonOf<Recognised>(one).pages).toMatchObject([{source: 'scan.pdf', page: 2, text: 'Written'}])
  })

  test('reads stdin, in a language that is named', async () => {
    const child = spawn(process.execPath, [program, 'vision', 'ocr', '-', '--lang', 'slv', '--json'], {
      env: environment(temporaryHome()),
    })
    child.stdin.end(await draw(slovenianLetter()))
    let stdout = ''
    for await (const piece of child.stdout as AsyncIterable<Buffer>) stdout += piece.toString()
    const {pages} = jsonOf<Recognised>({stdout})
    expect(characterErrorRate(pages[0]!.text, slovenianLetter().truth)).toBeLessThanOrEqual(0.01)
  })

  test('reports what it cannot read, and goes on with the rest', async () => {
    const home = await homeWithPages()
    const partial = await omni(['vision', 'ocr', 'broken.png', 'invoice.png', '--json'], {home})
    expect(partial.code).toBe(3)
    expect(jsonOf<Recognised>(partial)).toMatchObject({
      pages: [{source: 'invoice.png'}],
      failures: [{source: 'broken.png', code: 'media_unusable'}],
    })
    const alone = await omni(['vision', 'ocr', 'broken.png', '--json'], {home})
    expect(alone.code).toBe(2)
    expect(jsonOf(alone)).toMatchObject({error: {code: 'media_unusable'}})
    const missing = await omni(['vision', 'ocr', 'invoice.png', '--lang', 'xyz', '--json'], {home})
    expect(missing.code).toBe(9)
    expect(jsonOf(missing)).toMatchObject({
      error: {code: 'ocr_language_missing', hint: expect.stringContaining('eng, slv')},
    })
  })

  test('says what is wrong with a language whose data is damaged, and ends', async () => {
    const home = await homeWithPages()
    mkdirSync(join(home, 'data'))
    writeFileSync(join(home, 'data', 'eng.traineddata'), 'no data at all')
    const env = {OMNI_VISION_TESSDATA: join(home, 'data')}
    const broken = await omni(['vision', 'ocr', 'invoice.png', '--lang', 'eng', '--json'], {home, env})
    expect(broken.code).toBe(1)
    expect(jsonOf(broken)).toMatchObject({error: {code: 'ocr_failed'}})
  })

  test('ends at once when it is cancelled', async () => {
    const home = temporaryHome()
    const picture = await draw(letter(40))
    writeFileSync(join(home, 'long.pdf'), await scannedPdf(Array.from({length: 40}, () => ({picture}))))
    const child = spawn(process.execPath, [program, 'vision', 'ocr', 'long.pdf'], {cwd: home, env: environment(home)})
    onTestFinished(() => void child.kill('SIGKILL'))
    child.stderr.once('data', () => child.kill('SIGINT'))
    expect(await new Promise(settle => child.on('close', settle))).toBe(130)
  })
})

describe('pictures and scans among documents', () => {
  test('are found and cited by page, and read again only where they changed', async () => {
    const home = temporaryHome()
    const docs = join(home, 'docs')
    mkdirSync(docs)
    const pages = [{text: 'The first page has text of its own.'}, {picture: await draw(letter())}]
    writeFileSync(join(docs, 'mixed.pdf'), await scannedPdf(pages))
    writeFileSync(join(docs, 'photo.jpg'), await pageDamage.jpeg(await draw(slovenianLetter()), 60))
    writeFileSync(join(docs, 'locked.png'), 'GIF89a\u0000 is no picture')
    const ingested = await omni(['rag', 'ingest', 'docs', '--json'], {home})
    expect(ingested.code).toBe(3)
    expect(jsonOf(ingested)).toMatchObject({added: 2, failures: 1})
    const pump = jsonOf<{citations: {source: string; page: number}[]}>(
      await omni(['rag', 'query', 'What does the circulation pump cost?', '--json'], {home}),
    )
    expect(pump.citations[0]).toMatchObject({source: 'docs/mixed.pdf', page: 2})
    const fees = await omni(['rag', 'search', 'pristojbine vrnjene', '-k', '1', '--json'], {home})
    expect(jsonOf(fees)).toMatchObject({results: [{source: 'docs/photo.jpg', page: 1}]})
    const own = await omni(['rag', 'search', 'text of its own', '-k', '1', '--json'], {home})
    expect(jsonOf(own)).toMatchObject({results: [{source: 'docs/mixed.pdf', page: 1}]})
    const again = await omni(['rag', 'ingest', 'docs', '--json'], {home})
    expect(jsonOf(again)).toMatchObject({unchanged: 2, added: 0, changed: 0})
  })

  test('are left out where nobody is to read them', async () => {
    const home = temporaryHome()
    writeFileSync(join(home, 'photo.png'), await draw(letter(14)))
    for (const [flags, env] of [
      [['--media', 'off'], {}],
      [[], {OMNI_RAG_MEDIA: 'off'}],
    ] as const) {
      const left = await omni(['rag', 'ingest', 'photo.png', '--json', ...flags], {home, env})
      expect(jsonOf(left)).toMatchObject({added: 0, failures: 1})
    }
  })
})

const photograph = async () =>
  sharp(await draw(letter(16)))
    .flatten()
    .jpeg()
    .withExif({IFD0: {Artist: 'Ana Novak'}, IFD3: {GPSLatitudeRef: 'N', GPSLatitude: '46/1 3/1 0/1'}})
    .toBuffer()

/** The pictures in the last request that the provider got. */
function sentPictures(): Buffer[] {
  return [...upstream.bodies.at(-1)!.matchAll(/data:image\/(?:png|jpeg|webp);base64,([A-Za-z0-9+/=]+)/g)].map(match =>
    Buffer.from(match[1]!, 'base64'),
  )
}

describe('omni vision describe', () => {
  const env = () => ({OPENAI_API_KEY: 'sk-test-that-nobody-sees', OPENAI_BASE_URL: `${upstream.url}/v1`})

  test('asks the router’s model, with several pictures and the pages of a PDF, and counts what it costs', async () => {
    const home = await homeWithPages()
    const argv = ['vision', 'describe', 'invoice.png', 'scan.pdf', '--prompt', 'What is it?', '--json']
    const answered = await omni(argv, {home, env: env()})
    expect(answered.code, answered.stdout + answered.stderr).toBe(0)
    expect(jsonOf(answered)).toMatchObject({
      text: 'A letter about a pump.',
      pictures: 3,
      provider: 'openai',
      json: null,
    })
    expect(sentPictures()).toHaveLength(3)
    const usage = await omni(['llm', 'usage', '--json'], {home, env: env()})
    expect(jsonOf(usage)).toMatchObject({rows: [{calls: 1}]})
    expect(answered.stdout + answered.stderr).not.toContain('sk-test')
  })

  test('sends no place and no name along, unless it is told to', async () => {
    const home = temporaryHome()
    writeFileSync(join(home, 'photo.jpg'), await photograph())
    const send = (...flags: string[]) => omni(['vision', 'describe', 'photo.jpg', ...flags], {home, env: env()})
    expect((await send()).stdout).toBe('A letter about a pump.\n')
    expect(sentPictures()[0]!.includes('Ana Novak')).toBe(false)
    expect((await sharp(sentPictures()[0]!).metadata()).exif).toBeUndefined()
    await send('--keep-exif')
    expect(sentPictures()[0]!.includes('Ana Novak')).toBe(true)
  })

  test('extracts data by a schema, and says where the answer does not satisfy it', async () => {
    const home = await homeWithPages()
    const schema = {
      type: 'object',
      properties: {total: {type: 'number'}},
      required: ['total'],
      additionalProperties: false,
    }
    writeFileSync(join(home, 'schema.json'), JSON.stringify(schema))
    const extract = (prompt: string) =>
      omni(['vision', 'describe', 'invoice.png', '--schema', 'schema.json', '--prompt', prompt, '--json'], {
        home,
        env: env(),
      })
    expect(jsonOf(await extract('What is the total?'))).toMatchObject({json: {total: 2045.82}})
    const wrong = await extract('What is it?')
    expect(wrong.code).toBe(7)
    expect(jsonOf(wrong)).toMatchObject({error: {code: 'llm_schema_mismatch'}})
  })

  test('sends nothing where the model sees nothing, and names those that do', async () => {
    const home = await homeWithPages()
    mkdirSync(join(home, '.config', 'omni', 'profiles'), {recursive: true})
    writeFileSync(
      join(home, '.config', 'omni', 'profiles', 'default.yaml'),
      `llm:
  deployments:
    - {id: blind, provider: openai, model: gpt-3.5-turbo, base_url: '${mock.url}/v1', key_ref: 'env:OPENAI_API_KEY'}
    - {id: seeing, provider: openai, model: gpt-5.4-mini, base_url: '${mock.url}/v1', key_ref: 'env:OPENAI_API_KEY'}
  groups:
    default: {deployments: [blind]}
`,
    )
    const look = (...flags: string[]) =>
      omni(['vision', 'describe', 'invoice.png', '--json', ...flags], {home, env: {OPENAI_API_KEY: 'sk-test'}})
    const refused = await look('--max-cost', '1')
    expect(refused.code, refused.stdout).toBe(2)
    expect(jsonOf(refused)).toMatchObject({
      error: {code: 'llm_no_candidate', message: 'default has no vision', hint: expect.stringContaining('seeing')},
    })
    expect(mock.getRequests()).toEqual([])
    expect((await look('--model', 'seeing')).code).toBe(0)
    const dear = await look('--model', 'seeing', '--max-cost', '0.000001')
    expect(dear.code).toBe(7)
    expect(jsonOf(dear)).toMatchObject({error: {code: 'llm_budget_exceeded'}})
  })

  test('says what to set where no model is configured', async () => {
    const home = await homeWithPages()
    const finished = await omni(['vision', 'describe', 'invoice.png', '--json'], {home, env: {RAG_LLM_BACKEND: 'none'}})
    expect(finished.code).toBe(9)
    expect(jsonOf(finished)).toMatchObject({error: {code: 'vision_not_configured'}})
    expect(mock.getRequests()).toEqual([])
  })

  test('stops the provider when it is cancelled', async () => {
    const home = await homeWithPages()
    const child = spawn(process.execPath, [program, 'vision', 'describe', 'invoice.png', '--prompt', 'endless'], {
      cwd: home,
      env: environment(home, env()),
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const asked = upstream.next()
    await asked
    child.kill('SIGINT')
    expect(await new Promise(settle => child.on('close', settle))).toBe(130)
    await upstream.ended()
  })
})

describe('over HTTP', () => {
  test('a form with a file is read as the same file in JSON', async () => {
    const server = await testApp()
    const key = await server.key(['vision:use'])
    const picture = await draw(invoice())
    const form = new FormData()
    form.append('files', new File([new Uint8Array(picture)], 'invoice.png'))
    form.append('languages', 'eng')
    form.append('layout', 'true')
    const encoded = new Response(form)
    const uploaded = await server.app.request('/api/v1/multimodal/vision/ocr', {
      method: 'POST',
      body: await encoded.arrayBuffer(),
      headers: {'content-type': encoded.headers.get('content-type')!, authorization: `Bearer ${key}`},
    })
    expect(uploaded.status).toBe(200)
    const sent = await server.request('/api/v1/multimodal/vision/ocr', {
      key,
      body: {files: [{name: 'invoice.png', data: picture.toString('base64')}], languages: ['eng'], layout: true},
    })
    expect(await uploaded.json()).toEqual(sent.json)
    expect(sent.json.pages[0].text).toContain('Office chair')
  })

  test('partial work says so, a picture that is none is a problem, and a key needs the scope', async () => {
    const server = await testApp()
    const key = await server.key(['vision:use'])
    const post = (files: readonly object[], with_: string) =>
      server.request('/api/v1/multimodal/vision/ocr', {key: with_, body: {files}})
    const good = {data: (await draw({...letter(14), texts: []})).toString('base64')}
    const bad = {name: 'b', data: Buffer.from('no picture').toString('base64')}
    const partial = await post([good, bad], key)
    expect([partial.status, partial.headers.get('omni-exit-code')]).toEqual([200, '3'])
    expect(await post([bad], key)).toMatchObject({status: 422, json: {code: 'media_unusable'}})
    expect((await post([good], await server.key(['rag:read']))).status).toBe(403)
  })

  test('a profile with a deployment sends pictures there without the place in them', async () => {
    const [there, here] = [temporaryHome(), await homeWithPages()]
    const server = await startServer(there)
    const env = {OMNI_URL: server.url, OMNI_API_KEY: await server.key(['vision:use'])}
    for (const argv of [
      ['vision', 'ocr', 'invoice.png', '--json'],
      ['vision', 'ocr', 'broken.png', '--json'],
      ['vision', 'ocr', 'scan.pdf', '--pages', '2'],
    ]) {
      const local = await omni(argv, {home: here})
      const distant = await omni(argv, {home: here, env})
      expect([argv, distant.code, distant.stdout]).toEqual([argv, local.code, local.stdout])
    }
  })
})

test('a model that uses tools can have a picture read', async () => {
  const session = await new Workspace().session()
  onTestFinished(() => session.close())
  const ocr = await session.context.registry.operation('vision.ocr')
  const call = callIn(session.context)
  const output = (await call(ocr!, {
    files: [{data: (await draw(letter())).toString('base64')}],
    words: false,
  })) as Recognised
  expect(characterErrorRate(output.pages[0]!.text, letter().truth)).toBeLessThanOrEqual(0.01)
})
