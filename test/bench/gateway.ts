/**
 * What the gateway of `omni serve` costs, beside the provider alone and beside @portkey-ai/gateway: a mock provider that
 * takes no time (gateway-upstream.ts) is asked directly, through omni with its usage records on, and through the peer, in
 * rounds that take turns, whole and streamed, over 1, 32 and 256 connections.
 * `npm run bench:gateway [-- --seconds N --rounds N --mode json,stream --connections 1,32,256 --json --without-peer]`;
 * needs Linux, whose /proc tells a process's CPU and memory. The peer is installed into a temporary directory, with the
 * versions of gateway-peers/package.json.
 */
import {type ChildProcess, execFileSync, spawn} from 'node:child_process'
import {copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {createServer} from 'node:net'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {parseArgs} from 'node:util'
import {load, type LoadResult} from './http-load.ts'

const {values: flags} = parseArgs({
  options: {
    seconds: {type: 'string', default: '2'},
    rounds: {type: 'string', default: '3'},
    mode: {type: 'string', default: 'json,stream'},
    connections: {type: 'string', default: '1,32,256'},
    json: {type: 'boolean', default: false},
    'without-peer': {type: 'boolean', default: false},
  },
})
const program = resolve(import.meta.dirname, '../../bin/run.js')
const home = mkdtempSync(join(tmpdir(), 'omni-bench-gateway-'))
const started: ChildProcess[] = []
const firstContent = 'piece 0 '
/** Rounds over 8 connections that are not counted. */
const warmUps = 3

interface Target {
  readonly name: string
  readonly port: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly model: string
  /** The gateway's own; the provider has none that is looked at. */
  readonly child?: ChildProcess
}

function start(argv: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const child = spawn(process.execPath, [...argv], {
    env: {PATH: process.env.PATH, HOME: home, ...env},
    cwd: home,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  started.push(child)
  return child
}

async function portOf(child: ChildProcess): Promise<number> {
  const line = await new Promise<string>((found, failed) => {
    child.stdout!.once('data', (text: Buffer) => found(text.toString()))
    child.once('exit', code => failed(new Error(`${child.spawnargs.join(' ')} ended with ${code}`)))
  })
  return Number(new URL(line.trim().split('\n')[0]!).port)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const {port} = server.address() as {port: number}
  await new Promise(done => server.close(done))
  return port
}

/** Installs the peer once; later runs find it. */
function peerProgram(): string {
  const directory = join(tmpdir(), 'omni-bench-gateway-peers')
  const found = join(directory, 'node_modules/@portkey-ai/gateway/build/start-server.js')
  if (!existsSync(found)) {
    mkdirSync(directory, {recursive: true})
    copyFileSync(join(import.meta.dirname, 'gateway-peers/package.json'), join(directory, 'package.json'))
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], {cwd: directory, stdio: 'ignore'})
  }
  return found
}

/** Seconds of CPU that a process has used, in user and system; /proc counts hundredths. */
function cpuSeconds({pid}: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function residentMegabytes({pid}: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024
}

function requestOf({path, headers, model}: Target, stream: boolean): Buffer {
  const messages = [
    {role: 'system', content: 'You are the assistant of a company that sells valves. Answer in one paragraph.'},
    {role: 'user', content: 'Which papers do I need to send back a valve that came in the wrong size?'},
  ]
  const body = JSON.stringify({model, messages, temperature: 0.2, max_completion_tokens: 500, stream})
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n${lines.join('')}` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/** Of one target under one load, over all rounds. */
interface Measured {
  p50: number
  p95: number
  p99: number
  first: number
  perSecond: number
  cpu: number | null
  resident: number | null
  failures: number
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  )
}

interface Round {
  readonly result: LoadResult
  readonly cpuMs: number | null
  readonly resident: number | null
}

/** Medians of the rounds, so that one that was disturbed does not count. */
function summary(rounds: readonly Round[]): Measured {
  const of = (pick: (round: Round) => number) => median(rounds.map(pick))
  const measured = rounds.every(round => round.cpuMs !== null)
  return {
    p50: of(({result}) => quantile(result.total, 0.5)),
    p95: of(({result}) => quantile(result.total, 0.95)),
    p99: of(({result}) => quantile(result.total, 0.99)),
    first: of(({result}) => quantile(result.first, 0.5)),
    perSecond: of(({result}) => result.requests / result.seconds),
    cpu: measured ? of(({cpuMs, result}) => cpuMs! / result.requests) : null,
    resident: measured ? Math.max(...rounds.map(round => round.resident!)) : null,
    failures: rounds.reduce((sum, {result}) => sum + result.failures, 0),
  }
}

async function round(target: Target, stream: boolean, concurrency: number): Promise<Round> {
  const before = target.child ? cpuSeconds(target.child) : 0
  const result = await load({
    port: target.port,
    request: requestOf(target, stream),
    concurrency,
    seconds: Number(flags.seconds),
    mark: firstContent,
  })
  return {
    result,
    cpuMs: target.child ? (cpuSeconds(target.child) - before) * 1000 : null,
    resident: target.child ? residentMegabytes(target.child) : null,
  }
}

async function targets(): Promise<Target[]> {
  const upstream = await portOf(start([join(import.meta.dirname, 'gateway-upstream.ts')]))
  const path = '/v1/chat/completions'
  const direct: Target = {name: 'direct', port: upstream, path, headers: {}, model: 'bench-model'}
  const env = {
    OPENAI_API_KEY: 'sk-bench',
    OPENAI_BASE_URL: `http://127.0.0.1:${upstream}/v1`,
    OMNI_SERVER_REQUESTS_PER_MINUTE: '10000000',
  }
  const key = execFileSync(process.execPath, [program, 'keys', 'create', 'bench', '--scopes', '*'], {
    env: {PATH: process.env.PATH, HOME: home},
    cwd: home,
  })
  const serve = start([program, 'serve', '--port', '0', '--quiet'], env)
  const authorization = `Bearer ${key.toString().trim()}`
  const omni: Target = {
    name: 'omni',
    port: await portOf(serve),
    path,
    headers: {Authorization: authorization},
    model: 'openai/bench-model',
    child: serve,
  }
  if (flags['without-peer']) return [direct, omni]
  const port = await freePort()
  const peer = start([peerProgram(), `--port=${port}`, '--headless'])
  await new Promise(ready => peer.stdout!.once('data', ready))
  const headers = {
    Authorization: 'Bearer sk-bench',
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `http://127.0.0.1:${upstream}/v1`,
  }
  return [direct, omni, {name: 'portkey', port, path, headers, model: 'bench-model', child: peer}]
}

const number = (value: number | null | undefined, digits = 2) => (value == null ? '' : value.toFixed(digits))

function table(mode: string, connections: number, rows: ReadonlyMap<string, Measured>): string {
  const direct = rows.get('direct')!
  const peer = rows.get('portkey')
  const ratio = (mine: number | null, other: number | null | undefined) =>
    mine === null || other == null ? '' : `${(mine / other).toFixed(2)}`
  const head =
    `\n${mode}, ${connections} connection${connections === 1 ? '' : 's'}\n\n` +
    '| | p50 ms | p95 ms | p99 ms | first content p50 ms | added | requests/s | ÷ peer | CPU ms/request | ÷ peer | RSS MB | ÷ peer | failures |\n' +
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n'
  const lines = [...rows].map(([name, each]) =>
    [
      `| ${name}`,
      number(each.p50),
      number(each.p95),
      number(each.p99),
      number(each.first),
      name === 'direct' ? '' : number(each.first - direct.first),
      number(each.perSecond, 0),
      ratio(each.perSecond, peer?.perSecond),
      number(each.cpu, 3),
      ratio(each.cpu, peer?.cpu),
      number(each.resident, 0),
      ratio(each.resident, peer?.resident),
      `${each.failures} |`,
    ].join(' | '),
  )
  return `${head}${lines.join('\n')}\n`
}

try {
  const all = await targets()
  // A server runs for months: it is compiled for what it does before anything is measured.
  for (let count = 0; count < warmUps; count += 1) {
    for (const target of all) for (const stream of [false, true]) await round(target, stream, 8)
  }
  const figures: Record<string, Record<string, Measured>> = {}
  for (const mode of flags.mode.split(',')) {
    for (const connections of flags.connections.split(',').map(Number)) {
      const rounds = new Map<string, Round[]>(all.map(({name}) => [name, []]))
      for (let count = 0; count < Number(flags.rounds); count += 1) {
        for (const target of all) rounds.get(target.name)!.push(await round(target, mode === 'stream', connections))
      }
      const rows = new Map([...rounds].map(([name, each]) => [name, summary(each)]))
      if (!flags.json) process.stdout.write(table(mode, connections, rows))
      figures[`${mode} ${connections}`] = Object.fromEntries(rows)
    }
  }
  if (flags.json) process.stdout.write(`${JSON.stringify(figures)}\n`)
} finally {
  for (const child of started) {
    child.removeAllListeners('exit')
    child.kill('SIGKILL')
  }
  rmSync(home, {recursive: true, force: true})
}
