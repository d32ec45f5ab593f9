/**
 * What `omni serve` costs: CPU per request as a ratio to a bare Hono route with zod, latency of searches at a given rate,
 * time from start to ready, and memory at rest.
 * `npm run bench:serve [-- --seconds N --documents N --json]`; needs Linux, whose /proc tells a process's CPU and memory.
 */
import {type ChildProcess, spawn} from 'node:child_process'
import {mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
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

async function run(argv: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [program, ...argv], {env, cwd: home, stdio: ['ignore', 'pipe', 'inherit']})
  let stdout = ''
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()))
  const code = await new Promise(ended => child.once('close', ended))
  if (code !== 0) throw new Error(`omni ${argv.join(' ')} exited with ${code}`)
  return stdout.trim()
}

/** Seconds of CPU that a process has used, in user and system; /proc counts hundredths. */
function cpuSeconds({pid}: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function residentMegabytes({pid}: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024
}

/**
 * Microseconds of CPU per request of one server, after it is warm. One connection, so that both servers sleep and are
 * woken equally often: with many, the quicker one finds several requests at each waking, and the kernel's share differs.
 */
async function cpuPerRequest(server: {child: ChildProcess; url: string}, headers: Record<string, string>) {
  const load = (amount: number) => autocannon({url: `${server.url}/api/v1/whoami`, connections: 1, amount, headers})
  await load(10_000)
  const rounds: number[] = []
  for (let round = 0; round < 3; round += 1) {
    const before = cpuSeconds(server.child)
    const {non2xx, errors} = await load(10_000)
    if (non2xx + errors > 0) throw new Error(`${non2xx + errors} requests failed`)
    rounds.push(((cpuSeconds(server.child) - before) / 10_000) * 1e6)
  }
  return rounds.toSorted((a, b) => a - b)[1]!
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
  const [bareCpu, omniCpu] = [await cpuPerRequest(bare, headers), await cpuPerRequest(omni, headers)]
  bare.child.removeAllListeners('exit')
  bare.child.kill('SIGKILL')

  const queries = ['who reconciles the insurance claim', 'notice period', 'spare valve', 'written reminder', 'invoice']
  const search = await autocannon({
    url: `${omni.url}/api/v1/rag/search`,
    connections: 32,
    overallRate: 150,
    duration: Number(flags.seconds),
    headers,
    requests: queries.map(query => ({method: 'POST', body: JSON.stringify({query})})),
  })
  const figures = {
    'CPU per request, bare Hono and zod (µs)': Math.round(bareCpu),
    'CPU per request, omni serve (µs)': Math.round(omniCpu),
    'ratio (at most 1.6)': Math.round((omniCpu / bareCpu) * 100) / 100,
    'start to ready, median (ms, at most 1500)': Math.round(starts.toSorted((a, b) => a - b)[2]!),
    'memory at rest (MB, at most 150)': Math.round(atRest),
    'memory after the load (MB)': Math.round(residentMegabytes(omni.child)),
    'searches per second': Math.round(search.requests.average),
    'search p50 (ms)': search.latency.p50,
    'search p97.5 (ms, p95 at most 200)': search.latency.p97_5,
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
