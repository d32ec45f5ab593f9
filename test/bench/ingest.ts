/**
 * How fast and how small the built program ingests and searches, as whole processes:
 * `node test/bench/ingest.ts [--documents 5000] [--bytes 3000] [--searches 11]`. Prints one JSON object. Linux only (it reads /proc and wants time(1)).
 */
import {spawn, spawnSync} from 'node:child_process'
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {parseArgs} from 'node:util'
import {writeMarkdownFiles} from '../support/markdown-files.ts'

const {values} = parseArgs({
  options: {
    documents: {type: 'string', default: '5000'},
    bytes: {type: 'string', default: '3000'},
    searches: {type: 'string', default: '11'},
    /** Passed to Node, for example `--node=--cpu-prof`. */
    node: {type: 'string', multiple: true, default: []},
    keep: {type: 'boolean', default: false},
  },
})
const program = resolve(import.meta.dirname, '../../bin/run.js')
const count = Number(values.documents)

interface Measured {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakMb: number
  /** Resident memory as the work went on. */
  readonly samples: readonly {readonly seconds: number; readonly mb: number}[]
}

const directory = mkdtempSync(join(tmpdir(), 'omni-bench-'))
const home = join(directory, 'home')
try {
  const files = join(directory, 'files')
  writeMarkdownFiles({directory: files, count, bytes: Number(values.bytes)})
  const reading = secondsToRead(files)
  const first = await measured(['rag', 'ingest', 'files', '--json'])
  const again = await measured(['rag', 'ingest', 'files', '--json'])
  const searches: Omit<Measured, 'samples'>[] = []
  for (let run = 0; run < Number(values.searches); run++) {
    searches.push(timed(['rag', 'search', 'who reconciles the insurance claim', '--json']))
  }
  const warm = searches.slice(1)
  const quarter = (share: number) => {
    const at = first.samples.findLast(sample => sample.seconds <= first.seconds * share)
    return at?.mb ?? 0
  }
  const result = {
    documents: count,
    ingest_documents_per_second: round(count / first.seconds),
    ingest_seconds: round(first.seconds),
    ingest_cpu_seconds: round(first.cpuSeconds),
    ingest_peak_mb: round(first.peakMb),
    ingest_mb_at_25_50_75_100_percent: [0.25, 0.5, 0.75, 1].map(quarter),
    ingest_to_plain_reading_ratio: round(first.seconds / reading),
    unchanged_seconds: round(again.seconds),
    search_median_ms: round(median(warm.map(each => each.seconds * 1000))),
    search_cpu_ms: round(median(warm.map(each => each.cpuSeconds * 1000))),
    search_peak_mb: round(median(warm.map(each => each.peakMb))),
  }
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
} finally {
  if (values.keep) process.stderr.write(`kept ${directory}\n`)
  else rmSync(directory, {recursive: true, force: true})
}

/** Runs omni and watches its process; fails unless it ends well. */
async function measured(argv: readonly string[]): Promise<Measured> {
  const began = performance.now()
  const child = spawn(process.execPath, [...values.node, program, ...argv], {
    cwd: directory,
    env: {PATH: process.env.PATH, HOME: home},
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const samples: {seconds: number; mb: number}[] = []
  let peakMb = 0
  let cpuSeconds = 0
  const look = () => {
    const status = readOrEmpty(`/proc/${child.pid}/status`)
    const resident = megabytes(status, 'VmRSS')
    if (resident > 0) samples.push({seconds: (performance.now() - began) / 1000, mb: Math.round(resident)})
    peakMb = Math.max(peakMb, megabytes(status, 'VmHWM'))
    cpuSeconds = Math.max(cpuSeconds, processorSeconds(readOrEmpty(`/proc/${child.pid}/stat`)))
  }
  const timer = setInterval(look, 100)
  const code = await new Promise<number | null>(settle => child.on('exit', settle))
  clearInterval(timer)
  if (code !== 0) throw new Error(`omni ${argv.join(' ')} ended with ${code}`)
  return {seconds: (performance.now() - began) / 1000, cpuSeconds, peakMb, samples}
}

/** Runs omni and lets it be: a process this short is slowed down by whoever watches it. Its peak comes from time(1). */
function timed(argv: readonly string[]): Omit<Measured, 'samples'> {
  const began = performance.now()
  const {status, stderr} = spawnSync('/usr/bin/time', ['-f', '%U %S %M', process.execPath, program, ...argv], {
    cwd: directory,
    env: {PATH: process.env.PATH, HOME: home},
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const seconds = (performance.now() - began) / 1000
  if (status !== 0) throw new Error(`omni ${argv.join(' ')} ended with ${status}: ${stderr}`)
  const [user, system, kilobytes] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number)
  return {seconds, cpuSeconds: user! + system!, peakMb: kilobytes! / 1024}
}

function megabytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024
}

/** User and system time: fields 14 and 15 of proc(5)'s stat, in hundredths of a second. */
function processorSeconds(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields.length < 13 ? 0 : (Number(fields[11]) + Number(fields[12])) / 100
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** What merely reading every file takes, as `cat` does. */
function secondsToRead(files: string): number {
  const began = performance.now()
  for (const entry of readdirSync(files, {recursive: true, withFileTypes: true})) {
    if (entry.isFile()) readFileSync(join(entry.parentPath, entry.name))
  }
  return (performance.now() - began) / 1000
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
