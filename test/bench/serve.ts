/**
 * What `omni serve` costs: CPU per request as a ratio to a bare Hono route with zod, latency of searches at a given rate,
 * time from start to ready, and memory at rest.
 * `npm run bench:serve [-- --seconds N --documents N --json]`; needs Linux, whose /proc tells a process's CPU and memory.
 */
import {type ChildProcess, spawn} from 'node:child_process'
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {parseArgs} from 'node:util'
import autocannon from 'autocannon'
import {writeMarkdownFiles} from '../support/markdown-files.ts'

const {values: flags} = parseArgs({
  options: {
    seconds: {type: 'string', default: '30'},
    documents: {type: 'string', default: '2000'},
    json: {type: 'boolean', default: false},
  },
})
const program = resolve(import.meta.dirname, '../../bin/run.js')
const home = mkdtempSync(join(tmpdir(), 'omni-bench-serve-'))
const env = {PATH: process.env.PATH, HOME: home, OMNI_SERVER_REQUESTS_PER_MINUTE: '10000000'}
const started: ChildProcess[] = []

async function start(argv: readonly string[]): Promise<{child: ChildProcess; url: string; milliseconds: number}> {
  const began = performance.now()
  const child = spawn(process.execPath, [...argv], {env, cwd: home, stdio: ['ignore', 'pipe', 'ignore']})
  started.push(child)
  const url = await new Promise<string>((found, failed) => {
    child.stdout!.once('data', (line: Buffer) => found(line.toString().trim()))
    child.once('exit', code => failed(new Error(`node ${argv.join(' ')} ended with ${code}`)))
  })
  return {child, url, milliseconds: performance.now() - began}
}

async function run(argv: readonly string[], more: Record<string, string> = {}): Promise<string> {
  const child = spawn(process.execPath, [program, ...argv], {
    env: {...env, ...more},
    cwd: home,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let stdout = ''
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()))
  const code = await new Promise(ended => child.once('close', ended))
  if (code !== 0) throw new Error(`omni ${argv.join(' ')} exited with ${code}`)
  return stdout.trim()
}

/** Microseconds of CPU that all threads of a process have used, as the scheduler counts them. */
function cpuMicroseconds({pid}: ChildProcess): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  return threads.reduce((sum, thread) => {
    const [nanoseconds = '0'] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')
    return sum + Number(nanoseconds) / 1000
  }, 0)
}

function residentMegabytes({pid}: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024
}

interface Server {
  readonly child: ChildProcess
  readonly url: string
}

const rounds = 7
const requestsPerRound = 15_000

/**
 * Microseconds of CPU per request of each server, the median of rounds that alternate, after all are warm. Four
 * connections with eight requests under way each keep servers and client awake: where one sleeps, the cost of waking it
 * counts for whoever does, and the quicker server pays it less often.
 */
async function cpuPerRequest(servers: readonly Server[], headers: Record<string, string>): Promise<number[]> {
  const load = async ({url}: Server) => {
    const amount = requestsPerRound
    const {non2xx, errors} = await autocannon({
      url: `${url}/api/v1/whoami`,
      connections: 4,
      pipelining: 8,
      amount,
      headers,
    })
    if (non2xx + errors > 0) throw new Error(`${non2xx + errors} requests failed`)
  }
  for (const server of servers) await load(server)
  const used = servers.map((): number[] => [])
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, server] of servers.entries()) {
      const before = cpuMicroseconds(server.child)
      await load(server)
      used[index]!.push((cpuMicroseconds(server.child) - before) / requestsPerRound)
    }
  }
  return used.map(median)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}

/** Milliseconds that the same command takes here and over there, the median of runs that alternate. */
async function commandMilliseconds(url: string, key: string): Promise<{local: number; remote: number}> {
  const took = {local: [] as number[], remote: [] as number[]}
  const argv = ['rag', 'search', 'notice period']
  const timed = async (more: Record<string, string>) => {
    const began = performance.now()
    await run(argv, more)
    return performance.now() - began
  }
  await timed({})
  await timed({OMNI_URL: url, OMNI_API_KEY: key})
  for (let count = 0; count < 9; count += 1) {
    took.local.push(await timed({}))
    took.remote.push(await timed({OMNI_URL: url, OMNI_API_KEY: key}))
  }
  return {local: median(took.local), remote: median(took.remote)}
}

try {
  mkdirSync(join(home, 'files'))
  writeMarkdownFiles({directory: join(home, 'files'), count: Number(flags.documents), bytes: 1500})
  await run(['rag', 'ingest', 'files', '--quiet'])
  const key = await run(['keys', 'create', 'bench', '--scopes', '*'])
  const headers = {Authorization: `Bearer ${key}`, 'Content-Type': 'application/json'}

  const starts: number[] = []
  for (let count = 0; count < 4; count += 1) {
    const {child, milliseconds} = await start([program, 'serve', '--port', '0'])
    starts.push(milliseconds)
    child.removeAllListeners('exit')
    child.kill('SIGTERM')
    await new Promise(ended => child.once('exit', ended))
  }
  const omni = await start([program, 'serve', '--port', '0'])
  await fetch(`${omni.url}/readyz`)
  const atRest = residentMegabytes(omni.child)
  const bare = await start([resolve(import.meta.dirname, 'serve-bare.ts')])
  const [bareCpu = 0, omniCpu = 0] = await cpuPerRequest([bare, omni], headers)
  const afterRequests = residentMegabytes(omni.child)
  bare.child.removeAllListeners('exit')
  bare.child.kill('SIGKILL')
  const command = await commandMilliseconds(omni.url, key)

  const queries = ['who reconciles the insurance claim', 'notice period', 'spare valve', 'written reminder', 'invoice']
  const answered: number[] = []
  const search = await new Promise<autocannon.Result>((ended, failed) => {
    const load = autocannon(
      {
        url: `${omni.url}/api/v1/rag/search`,
        connections: 32,
        overallRate: 150,
        duration: Number(flags.seconds),
        headers,
        requests: queries.map(query => ({method: 'POST', body: JSON.stringify({query})})),
      },
      (error: Error | null, result) => (error ? failed(error) : ended(result)),
    )
    load.on('response', (_client, _status, _bytes, milliseconds) => answered.push(milliseconds))
  })
  const slowest = answered.toSorted((one, other) => one - other)[Math.ceil(0.95 * answered.length) - 1]!
  const figures = {
    'CPU per request, bare Hono and zod (µs)': Math.round(bareCpu),
    'CPU per request, omni serve (µs)': Math.round(omniCpu),
    'ratio (at most 1.6)': Math.round((omniCpu / bareCpu) * 100) / 100,
    'start to ready, median (ms, at most 1500)': Math.round(starts.toSorted((a, b) => a - b)[2]!),
    'memory at rest (MB, at most 150)': Math.round(atRest),
    'memory after 120,000 requests (MB)': Math.round(afterRequests),
    'the same command here (ms)': Math.round(command.local),
    'and from there (ms, at most 25 more)': Math.round(command.remote),
    'memory after the searches (MB)': Math.round(residentMegabytes(omni.child)),
    'searches per second': Math.round(search.requests.average),
    'search p50 (ms)': search.latency.p50,
    'search p95 (ms, at most 200)': Math.round(slowest),
    'search failures': search.errors + search.non2xx + search.timeouts,
  }
  if (flags.json) process.stdout.write(`${JSON.stringify(figures)}\n`)
  else for (const [name, figure] of Object.entries(figures)) process.stdout.write(`${name.padEnd(46)} ${figure}\n`)
} finally {
  for (const child of started) {
    child.removeAllListeners('exit')
    child.kill('SIGKILL')
  }
  rmSync(home, {recursive: true, force: true})
}
