import {spawn} from 'node:child_process'
import {createInterface} from 'node:readline'
import {Client, StreamableHTTPClientTransport} from '@modelcontextprotocol/client'
import {StdioClientTransport} from '@modelcontextprotocol/client/stdio'
import {Client as EarlierClient} from '@modelcontextprotocol/sdk/client/index.js'
import {StdioClientTransport as EarlierStdio} from '@modelcontextprotocol/sdk/client/stdio.js'
import {StreamableHTTPClientTransport as EarlierHttp} from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type {Context, Operation} from '@omni-ops/core/operation'
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest'
import type {Session} from '../../src/cli/session.ts'
import {mcpHandler, type McpOptions} from '../../src/server/mcp/index.ts'
import type {OperationCall} from '../../src/server/operation-call.ts'
import {environment, program} from '../cli/program.ts'
import {callIn} from '../support/surface-call.ts'
import {registry, Workspace} from '../support/workspace.ts'

let operations: readonly Operation[]
let session: Session
const cleanUps: (() => void)[] = []

beforeAll(async () => {
  operations = (await registry.operations()).filter(({http}) => http)
  session = await new Workspace({atEnd: cleanUp => cleanUps.push(cleanUp)}).session()
})

afterAll(async () => {
  await session.close()
  for (const cleanUp of cleanUps) cleanUp()
})

/** What a test asks of a client, of whichever revision of the protocol. */
interface TestClient {
  readonly revision: () => string | undefined
  tools(): Promise<
    readonly {readonly name: string; readonly annotations?: object | undefined; readonly inputSchema: object}[]
  >
  call(name: string, input: object, options?: CallOptions): Promise<CallResult>
  resources(
    cursor?: string,
  ): Promise<{readonly resources: readonly {readonly uri: string}[]; readonly nextCursor?: string}>
  read(uri: string): Promise<string>
}

interface CallOptions {
  readonly signal?: AbortSignal
  readonly onprogress?: (progress: {readonly progress: number; readonly message?: string | undefined}) => void
}

interface CallResult {
  readonly isError?: boolean
  readonly structuredContent?: unknown
  readonly content: readonly {readonly text?: string}[]
}

type Send = (request: Request) => Promise<Response>
type Connect = (
  place: {readonly send: Send} | {readonly stdio: readonly string[]; readonly home: string},
) => Promise<TestClient>

const url = new URL('http://omni.test/mcp')
const fetchOf = (send: Send) => (input: string | URL, init?: RequestInit) => send(new Request(input, init))
const child = (place: {readonly stdio: readonly string[]; readonly home: string}) => ({
  command: process.execPath,
  args: [program, 'mcp', ...place.stdio],
  env: environment(place.home),
})

/** The client of the present revision. */
const present: Connect = async place => {
  const client = new Client({name: 'test', version: '1'}, {versionNegotiation: {mode: 'auto'}})
  await client.connect(
    'send' in place
      ? new StreamableHTTPClientTransport(url, {fetch: fetchOf(place.send)})
      : new StdioClientTransport(child(place)),
  )
  onTestFinished(() => client.close())
  return {
    revision: () => client.getNegotiatedProtocolVersion(),
    tools: async () => (await client.listTools()).tools,
    call: async (name, input, options) =>
      (await client.callTool({name, arguments: input as Record<string, unknown>}, options)) as CallResult,
    resources: async cursor => client.listResources(cursor === undefined ? {} : {cursor}) as never,
    read: async uri =>
      String((await client.readResource({uri})).contents.map(each => ('text' in each ? each.text : ''))),
  }
}

/** The client of the revisions that begin with a handshake, which most assistants still speak. */
const earlier: Connect = async place => {
  const client = new EarlierClient({name: 'test', version: '1'})
  await client.connect(
    ('send' in place ? new EarlierHttp(url, {fetch: fetchOf(place.send)}) : new EarlierStdio(child(place))) as never,
  )
  onTestFinished(() => client.close())
  return {
    revision: () => '2025-11-25',
    tools: async () => (await client.listTools()).tools,
    call: async (name, input, options) =>
      (await client.callTool({name, arguments: input as Record<string, unknown>}, undefined, options)) as CallResult,
    resources: async cursor => client.listResources(cursor === undefined ? {} : {cursor}) as never,
    read: async uri =>
      String((await client.readResource({uri})).contents.map(each => ('text' in each ? each.text : ''))),
  }
}

const clients = [
  ['2026-07-28', present],
  ['2025-11-25', earlier],
] as const

function server(
  call: OperationCall = callIn(session.context),
  options: Partial<McpOptions> = {},
): {readonly send: Send} {
  const handle = mcpHandler({operations, version: '1.2.3', ...options})
  return {send: request => handle(request, call)}
}

const handbook = {source: 'docs/handbook.md', content: '# Notice\n\nThe notice period is three months.'}

describe.each(clients)('a client of revision %s', (revision, connect) => {
  test('finds every operation that has a route as a tool, with what it does to the world', async () => {
    const client = await connect(server(undefined, {allowDestructive: true}))
    expect(client.revision()).toBe(revision)
    const tools = await client.tools()
    expect(tools.map(({name}) => name).toSorted()).toEqual(
      operations.map(({id}) => id.replaceAll(/[.-]/g, '_')).toSorted(),
    )
    const hints = (name: string) => tools.find(tool => tool.name === name)?.annotations
    expect(hints('rag_search')).toMatchObject({readOnlyHint: true, destructiveHint: false, idempotentHint: true})
    expect(hints('rag_ingest')).toMatchObject({readOnlyHint: false, destructiveHint: false, idempotentHint: false})
    expect(hints('rag_remove')).toMatchObject({readOnlyHint: false, destructiveHint: true})
    for (const {name} of tools) expect(name).toMatch(/^[a-zA-Z0-9_]{1,64}$/)
  })

  test('writes documents, asks them, and reads them as resources', async () => {
    const collection = `manuals-${revision}`
    const client = await connect(server())
    const written = await client.call('rag_ingest', {collection, documents: [handbook]})
    expect(written.structuredContent).toMatchObject({chunks: 1, documents: [{status: 'added'}]})
    expect(JSON.parse(written.content[0]?.text ?? '')).toEqual(written.structuredContent)
    const answered = await client.call('rag_query', {collection, query: 'How long is the notice period?'})
    expect(answered.structuredContent).toMatchObject({answered: true, citations: [{source: handbook.source}]})
    const uri = `omni://rag/${collection}/docs%2Fhandbook.md`
    const uris: string[] = []
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const page = await client.resources(cursor)
      uris.push(...page.resources.map(each => each.uri))
      cursor = page.nextCursor
    }
    expect(uris).toContain(uri)
    expect(await client.read(uri)).toBe(handbook.content)
    await expect(client.read(`omni://rag/${collection}/none.md`)).rejects.toThrow('none.md')
    await expect(client.read('file:///etc/passwd')).rejects.toThrow()
  })

  test('an error of an operation is a result with its code and hint, not a failure of the protocol', async () => {
    const client = await connect(server())
    const refused = await client.call('rag_search', {query: 'x', top_k: 99})
    expect(refused.isError).toBe(true)
    expect(JSON.parse(refused.content[0]?.text ?? '')).toMatchObject({
      error: {code: 'invalid_input', details: {problems: [{path: 'top_k'}]}},
    })
    const misspelt = await client.call('rag_search', {query: 'x', topk: 9})
    expect(misspelt.isError).toBe(true)
    expect(misspelt.content[0]?.text).toContain('topk')
    const broken = await connect(server(() => Promise.reject(new Error('password=hunter2'))))
    const bug = await broken.call('rag_collections', {})
    expect(JSON.parse(bug.content[0]?.text ?? '')).toEqual({error: {code: 'bug', message: 'omni has a bug'}})
  })

  test('a destructive tool is neither listed nor called unless it is allowed', async () => {
    const calls: string[] = []
    const call: OperationCall = async operation => {
      calls.push(operation.id)
      return {collection: 'default', removed: [], dry_run: false}
    }
    const careful = await connect(server(call))
    expect((await careful.tools()).map(({name}) => name)).not.toContain('rag_remove')
    await expect(careful.call('rag_remove', {all: true})).rejects.toThrow('--allow-destructive')
    expect(calls).toEqual([])
    const allowed = await connect(server(call, {allowDestructive: true}))
    await allowed.call('rag_remove', {all: true})
    expect(calls).toEqual(['rag.remove'])
  })

  test('progress grows through all phases, and only for who asked', async () => {
    let finish!: () => void
    const told = new Promise<void>(settle => (finish = settle))
    const call: OperationCall = async (_operation, _input, {emit} = {}) => {
      for (const label of ['Reading', 'Indexing']) {
        for (const done of [1, 2]) emit?.({type: 'progress', label, done, total: 2})
      }
      emit?.({type: 'note', level: 'info', message: 'almost'})
      await told
      return {collections: []}
    }
    const client = await connect(server(call))
    const seen: {progress: number; message?: string | undefined}[] = []
    await client.call(
      'rag_collections',
      {},
      {
        onprogress: each => {
          seen.push(each)
          if (seen.length === 5) finish()
        },
      },
    )
    expect(seen.map(({message}) => message)).toEqual(['Reading', 'Reading', 'Indexing', 'Indexing', 'almost'])
    for (const [index, {progress}] of seen.entries()) {
      if (index > 0) expect(progress).toBeGreaterThan(seen[index - 1]!.progress)
    }
    expect((await client.call('rag_collections', {})).isError).toBeUndefined()
  })
})

/** A call that goes on until it is cancelled, and tells when it has begun and when it was. */
function endlessCall() {
  const begun = Promise.withResolvers<void>()
  const cancelled = Promise.withResolvers<void>()
  const call: OperationCall = (_operation, _input, {signal} = {}) => {
    begun.resolve()
    return new Promise((_settle, fail) =>
      signal?.addEventListener('abort', () => {
        cancelled.resolve()
        fail(new Error('cancelled'))
      }),
    )
  }
  return {call, begun: begun.promise, cancelled: cancelled.promise}
}

test('over HTTP a client that cancels a call cancels the operation', async () => {
  const {call, begun, cancelled} = endlessCall()
  const client = await present(server(call))
  const stop = new AbortController()
  const answer = client.call('rag_collections', {}, {signal: stop.signal})
  await begun
  stop.abort('changed my mind')
  await expect(answer).rejects.toThrow('changed my mind')
  await cancelled
})

test('what is no request of the protocol is refused', async () => {
  const {send} = server()
  const post = (body: string, type = 'application/json') =>
    send(
      new Request(url, {
        method: 'POST',
        headers: {'Content-Type': type, Accept: 'application/json, text/event-stream'},
        body,
      }),
    )
  expect((await post('{')).status).toBe(400)
  expect((await post('{}', 'text/plain')).status).toBe(415)
  expect((await send(new Request(url))).status).toBe(405)
})

describe.each(clients)('omni mcp, over stdio, for a client of revision %s', (revision, connect) => {
  test('works on the data of the profile', async () => {
    const workspace = new Workspace()
    await workspace.within(context => ingestHandbook(context))
    const client = await connect({stdio: [], home: workspace.home})
    expect(client.revision()).toBe(revision)
    const names = (await client.tools()).map(({name}) => name)
    expect(names).toEqual(expect.arrayContaining(['rag_query', 'config_list', 'rag_chat']))
    // Settings can be read here, and by nobody's words be changed; nor does an evaluation write its files.
    expect(names).not.toContain('config_set')
    expect(names).not.toContain('rag_eval')
    expect(names).not.toContain('rag_remove')
    const answered = await client.call('rag_query', {query: 'How long is the notice period?'})
    expect(answered.structuredContent).toMatchObject({answered: true})
    expect(await client.read('omni://rag/default/docs%2Fhandbook.md')).toBe(handbook.content)
  })
})

async function ingestHandbook(context: Context): Promise<void> {
  const ingest = await context.registry.operation('rag.ingest')
  await context.invoke(ingest!, {documents: [handbook]})
}

test('omni mcp offers destructive tools when told to, and ends when its stdin does', async () => {
  const workspace = new Workspace()
  const client = await present({stdio: ['--allow-destructive'], home: workspace.home})
  expect((await client.tools()).map(({name}) => name)).toContain('rag_remove')
  const {code, stdout, stderr} = await workspace.omni(['mcp'], {input: ''})
  expect({code, stdout, stderr}).toEqual({code: 0, stdout: '', stderr: ''})
})

test('omni mcp answers lines that are no messages, however long, and the session goes on', async () => {
  const {home} = new Workspace()
  const {command, args, env} = child({stdio: [], home})
  const server = spawn(command, args, {env})
  onTestFinished(() => void server.kill())
  const initialize = {protocolVersion: '2025-11-25', capabilities: {}, clientInfo: {name: 'test', version: '1'}}
  server.stdin.write(`hello\n${'x'.repeat(11_000_000)}\n{"id":1,"method":"ping"}\n`)
  server.stdin.write(`${JSON.stringify({jsonrpc: '2.0', id: 2, method: 'initialize', params: initialize})}\n`)
  const answers: {id: unknown; error?: {code: number}}[] = []
  for await (const line of createInterface(server.stdout)) {
    answers.push(JSON.parse(line) as (typeof answers)[number])
    if (answers.at(-1)?.id === 2) server.stdin.end()
  }
  expect(answers.map(({id, error}) => [id, error?.code])).toEqual([
    [null, -32700],
    [null, -32600],
    [1, -32600],
    [2, undefined],
  ])
})
