import {spawn} from 'node:child_process'
import {createHash} from 'node:crypto'
import {once} from 'node:events'
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {createServer, type IncomingMessage} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {strFromU8, unzipSync} from 'fflate'
import {describe, expect, onTestFinished, test} from 'vitest'
import {environment, omni, program, temporaryHome} from '../cli/program.ts'
import {startServer} from '../support/server.ts'
import {Workspace} from '../support/workspace.ts'

const ana = 'ana.novak@example.com'
const ofOthers = /janez|kranjc|555 777|zelena-lisica/i

async function office(): Promise<Workspace> {
  const workspace = new Workspace()
  workspace.write(
    'docs/team.md',
    `# Team\n\nAna Novak (${ana}, +386 40 123 456) leads the harbour project. Her deputy is Janez Kranjc, janez@example.org, phone +386 41 555 777.\n`,
  )
  workspace.write('docs/secret.md', '# Secret\n\nThe word of janez@example.org is zelena-lisica.\n')
  await workspace.ingest(['docs'])
  return workspace
}

interface Manifest {
  readonly files: readonly {readonly path: string; readonly bytes: number; readonly sha256: string}[]
}

/** The files of an archive by their paths, after their sums were compared with the list and the list with the receipt. */
function verified(files: Readonly<Record<string, Uint8Array>>): Record<string, string> {
  const texts = Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, strFromU8(bytes)]))
  const sumOf = (path: string) => createHash('sha256').update(files[path]!).digest('hex')
  const manifest = JSON.parse(texts['manifest.json']!) as Manifest
  expect(manifest.files.map(({path}) => path).toSorted()).toEqual(
    Object.keys(files)
      .filter(path => path !== 'manifest.json' && path !== 'receipt.json')
      .toSorted(),
  )
  for (const {path, sha256} of manifest.files) expect([path, sumOf(path)]).toEqual([path, sha256])
  const signed = JSON.parse(texts['receipt.json']!) as {receipt: {archive_sha256: string}}
  expect(signed.receipt.archive_sha256).toBe(sumOf('manifest.json'))
  return texts
}

function filesBelow(directory: string): Record<string, Uint8Array> {
  const paths = readdirSync(directory, {recursive: true, withFileTypes: true}).filter(entry => entry.isFile())
  return Object.fromEntries(
    paths.map(({parentPath, name}) => {
      const path = join(parentPath, name)
      return [path.slice(directory.length + 1), readFileSync(path)]
    }),
  )
}

describe('omni gdpr export', () => {
  test('writes a ZIP archive with everything of the person, nothing of others, and sums that a receipt signs', async () => {
    const workspace = await office()
    const written = await workspace.json(['gdpr', 'export', '--user', ana, '--out', 'ana.zip'])
    expect(written).toMatchObject({out: 'ana.zip', records: 1, request: {state: 'closed', outcome: 'fulfilled'}})
    const texts = verified(unzipSync(readFileSync(workspace.path('ana.zip'))))
    const all = Object.values(texts).join('\n')
    expect(all).toContain('Ana Novak (ana.novak@example.com, +386 40 123 456) leads the harbour project')
    expect(all).not.toMatch(ofOthers)
    expect(texts['index.html']).toContain('To find passages of the documents')
    expect(texts['index.html']).toContain('records/vectors-rag-passages.json')
    expect(texts['records/vectors-rag-passages.csv']).toContain('[EMAIL_ADDRESS]')
    workspace.write('receipt.json', texts['receipt.json']!)
    const checked = await workspace.omni(['gdpr', 'request', 'check-receipt', '-', '--json'], {
      input: texts['receipt.json']!,
    })
    expect(JSON.parse(checked.stdout)).toMatchObject({valid: true, own: true})
    const forged = texts['receipt.json']!.replace('"found": 1', '"found": 2')
    expect((await workspace.omni(['gdpr', 'request', 'check-receipt', '-'], {input: forged})).code).toBe(7)
  })

  test('writes nothing over what is there, and nothing where nobody is known', async () => {
    const workspace = await office()
    workspace.write('ana.zip', 'mine')
    const refused = await workspace.omni(['gdpr', 'export', '--user', ana, '--out', 'ana.zip'])
    expect(refused.code).toBe(6)
    expect(readFileSync(workspace.path('ana.zip'), 'utf8')).toBe('mine')
    const unknown = await workspace.omni(['gdpr', 'export', '--user', 'nobody@example.com', '--out', 'none'])
    expect(unknown.code).toBe(5)
    expect(existsSync(workspace.path('none'))).toBe(false)
    // The refused one is taken up again.
    await workspace.json(['gdpr', 'export', '--user', ana, '--out', 'again'])
    const {items} = await workspace.json<{items: {right: string; outcome: string}[]}>(['gdpr', 'request', 'list'])
    expect(items.map(({outcome}) => outcome).toSorted()).toEqual(['fulfilled', 'not_found'])
  })

  test('goes through every step of a request that somebody else opened', async () => {
    const workspace = await office()
    const {id} = await workspace.json<{id: string}>(['gdpr', 'request', 'open', 'access', '--user', ana])
    const early = await workspace.omni(['gdpr', 'export', '--request', id, '--out', 'ana'])
    expect(early.code).toBe(8)
    await workspace.json(['gdpr', 'request', 'verify', id, '--method', 'email_link'])
    await workspace.json(['gdpr', 'request', 'run', id, '--yes'], 8)
    await workspace.json(['gdpr', 'request', 'approve', id])
    await workspace.json(['gdpr', 'export', '--request', id, '--out', 'ana'])
    const texts = verified(filesBelow(workspace.path('ana')))
    expect(JSON.parse(texts['receipt.json']!)).toMatchObject({receipt: {verification: 'email_link', request: id}})
  })

  test.each(['json', 'csv', 'xml'])('a copy for a machine as %s has what the person provided', async format => {
    const workspace = await office()
    const file = `ana.${format}`
    // Documents that mention a person were written by others: there is nothing that the person provided.
    const written = await workspace.json(['gdpr', 'portability', '--user', ana, '--out', file])
    expect(written).toMatchObject({records: 0})
    expect(readFileSync(workspace.path(file), 'utf8')).not.toContain('harbour')
  })
})

describe('omni gdpr erase', () => {
  test('killed in the middle, the same command goes on and ends it', async () => {
    const workspace = await office()
    const command = ['gdpr', 'erase', '--user', ana, '--confirm', ana, '--json']
    const {child, finished} = workspace.start(command)
    await new Promise<void>(settle => {
      child.stderr!.on('data', (piece: string) => {
        if (!piece.includes('Erasing')) return
        child.kill('SIGKILL')
        settle()
      })
    })
    expect((await finished).code).toBeNull()
    const {items} = await workspace.json<{items: {id: string; state: string}[]}>(['gdpr', 'request', 'list'])
    expect(items).toMatchObject([{state: 'executing'}])
    const again = await workspace.json<{request: {id: string}}>(command.slice(0, -1))
    expect(again).toMatchObject({request: {id: items[0]!.id, state: 'closed', outcome: 'fulfilled'}})
    const found = await workspace.json<{results: {text: string}[]}>(['rag', 'search', 'harbour project'])
    expect(JSON.stringify(found.results)).not.toContain('Novak')
    const {receipt} = await workspace.json<{receipt: {places: {place: string; found: number; verified: boolean}[]}}>([
      'gdpr',
      'request',
      'receipt',
      items[0]!.id,
    ])
    expect(receipt.places.find(({place}) => place === 'vectors rag_passages')).toMatchObject({found: 1, verified: true})
  })

  test('leaves no byte of the person in the data directory, its own notes included', async () => {
    const workspace = await office()
    await workspace.json(['gdpr', 'erase', '--user', ana, '--confirm', ana])
    const residue = Object.entries(filesBelow(workspace.data)).filter(([, bytes]) =>
      Buffer.from(bytes).toString('latin1').toLowerCase().includes(ana),
    )
    expect(residue.map(([path]) => path)).toEqual([])
  })

  test('asks first, and --dry-run leaves everything as it is', async () => {
    const workspace = await office()
    expect((await workspace.omni(['gdpr', 'erase', '--user', ana])).code).toBe(2)
    expect((await workspace.omni(['gdpr', 'erase', '--user', ana, '--confirm', 'somebody'])).code).toBe(2)
    expect(await workspace.json(['gdpr', 'erase', '--user', ana, '--dry-run'])).toMatchObject({
      request: null,
      places: [{place: 'vectors rag_passages', found: 1, changed: 0}],
    })
    const found = await workspace.json<{count: number}>(['rag', 'search', 'harbour project'])
    expect(found.count).toBeGreaterThan(0)
  })
})

test('a restriction keeps a person out of what is found and answered, and lifting it brings them back', async () => {
  const workspace = await office()
  const texts = async () =>
    JSON.stringify([
      (await workspace.json<{results: unknown}>(['rag', 'search', 'harbour project'])).results,
      await workspace.json(['rag', 'query', 'Who leads the harbour project?']),
    ])
  expect(await texts()).toContain('Novak')
  const {request} = await workspace.json<{request: {id: string}}>(['gdpr', 'restrict', '--user', ana])
  expect(await texts()).not.toContain('Novak')
  await workspace.json(['gdpr', 'limit', 'lift', request.id])
  expect(await texts()).toContain('Novak')
})

test('a late request makes the exit code 7', async () => {
  const workspace = new Workspace()
  expect((await workspace.omni(['gdpr', 'request', 'list', '--overdue'])).code).toBe(0)
  const opened = ['gdpr', 'request', 'open', 'access', '--user', ana, '--received-at', '2025-01-31T10:00:00Z']
  expect(await workspace.json(opened)).toMatchObject({due_by: '2025-02-28', overdue: true})
  expect((await workspace.omni(['gdpr', 'request', 'list', '--overdue'])).code).toBe(7)
})

test('against a deployment, the archive is written where the user is', async () => {
  const workspace = await office()
  const server = await startServer(workspace.home)
  const here = temporaryHome()
  const env = {OMNI_URL: server.url, OMNI_API_KEY: await server.key(['gdpr:*'])}
  const exported = await omni(['gdpr', 'export', '--user', ana, '--out', 'ana', '--json'], {home: here, cwd: here, env})
  expect(exported).toMatchObject({code: 0})
  const texts = verified(filesBelow(join(here, 'ana')))
  expect(Object.values(texts).join('\n')).not.toMatch(ofOthers)
  const erased = await omni(['gdpr', 'erase', '--user', ana, '--confirm', ana, '--json'], {home: here, env})
  expect(JSON.parse(erased.stdout)).toMatchObject({request: {state: 'closed', outcome: 'fulfilled'}})
  expect((await omni(['gdpr', 'export', '--user', ana, '--out', 'gone'], {home: here, cwd: here, env})).code).toBe(5)
  const reader = {...env, OMNI_API_KEY: await server.key(['gdpr:read'])}
  expect((await omni(['gdpr', 'erase', '--user', ana, '--confirm', ana], {home: here, env: reader})).code).toBe(4)
})

test('a process that is killed while it hands an archive over leaves no receipt for one that nobody has', async () => {
  const workspace = await office()
  const server = await startServer(workspace.home)
  const here = temporaryHome()
  const env = {OMNI_URL: server.url, OMNI_API_KEY: await server.key(['gdpr:*'])}
  const exportTo = (out: string) => ['gdpr', 'export', '--user', ana, '--out', out, '--json']
  const requests = async () =>
    (await workspace.json<{items: {id: string; state: string}[]}>(['gdpr', 'request', 'list'])).items

  /** Exports, and is killed before or after its request is closed. */
  async function killed(moment: 'before' | 'after', out: string): Promise<void> {
    const between = createServer((request, response) => {
      void forwarded(request, server.url, async forward => {
        const isDelivery = request.url?.endsWith('/deliver') === true
        if (isDelivery && moment === 'before') return void exporting.kill('SIGKILL')
        const answer = await forward()
        if (isDelivery) return void exporting.kill('SIGKILL')
        response.writeHead(answer.status, {'Content-Type': answer.headers.get('Content-Type') ?? ''})
        response.end(Buffer.from(await answer.arrayBuffer()))
      })
    })
    between.listen(0, '127.0.0.1')
    onTestFinished(() => void between.close())
    await once(between, 'listening')
    const url = `http://127.0.0.1:${(between.address() as AddressInfo).port}`
    const exporting = spawn(process.execPath, [program, ...exportTo(out)], {
      cwd: here,
      env: environment(here, {...env, OMNI_URL: url}),
    })
    await once(exporting, 'exit')
  }

  await killed('before', 'ana')
  const [open] = await requests()
  expect(open).toMatchObject({state: 'executing'})
  expect(await omni(exportTo('ana'), {home: here, cwd: here, env})).toMatchObject({code: 0})
  expect(await requests()).toMatchObject([{id: open!.id, state: 'closed'}])
  verified(filesBelow(join(here, 'ana')))

  await killed('after', 'ana.zip')
  const closed = (await requests()).find(({id}) => id !== open!.id)
  expect(closed).toMatchObject({state: 'closed', outcome: 'fulfilled'})
  const receipt = await workspace.omni(['gdpr', 'request', 'receipt', closed!.id, '--json'])
  verified({...unzipSync(readFileSync(join(here, 'ana.zip'))), 'receipt.json': Buffer.from(receipt.stdout)})
})

async function forwarded(
  request: IncomingMessage,
  to: string,
  answer: (forward: () => Promise<Response>) => Promise<void>,
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const headers = Object.entries(request.headers).flatMap(([name, value]) =>
    ['host', 'connection', 'content-length', 'accept-encoding'].includes(name) ? [] : [[name, String(value)] as const],
  )
  await answer(() =>
    fetch(new URL(request.url ?? '', to), {
      method: request.method ?? 'GET',
      headers: Object.fromEntries(headers),
      ...(chunks.length === 0 ? {} : {body: Buffer.concat(chunks)}),
    }),
  )
}
