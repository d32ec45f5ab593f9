/**
 * CPU time that starting omni takes, as a ratio to `node -e 0` measured in the same run. The commands take turns, so
 * that a busy moment of the machine hits all of them alike, and the median is reported.
 * `npm run bench:startup [-- --runs N] [--json]`; needs bash, whose `times` tells what a child used (getrusage, 1 ms).
 */
import {spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {parseArgs} from 'node:util'

interface Subject {
  readonly name: string
  readonly argv: readonly string[]
  /** The ratio not to exceed. */
  readonly budget?: number
}

const program = resolve(import.meta.dirname, '../../bin/run.js')

const subjects: readonly Subject[] = [
  {name: 'node -e 0', argv: ['-e', '0']},
  {name: 'omni --version', argv: [program, '--version'], budget: 1.3},
  {name: 'omni --help', argv: [program, '--help'], budget: 3.6},
  {name: 'omni config list', argv: [program, 'config', 'list'], budget: 3.8},
]

/** User and system milliseconds of one run of Node with these arguments. */
function cpuMilliseconds(argv: readonly string[], env: NodeJS.ProcessEnv): number {
  const script = '"$@" >/dev/null 2>&1 || exit 1; times'
  const {status, stdout, error} = spawnSync('bash', ['-c', script, 'bash', process.execPath, ...argv], {
    env: {...env, LC_ALL: 'C'},
    encoding: 'utf8',
  })
  if (error) throw error
  if (status !== 0) throw new Error(`node ${argv.join(' ')} failed`)
  const children = stdout.trim().split('\n').at(-1) ?? ''
  const times = [...children.matchAll(/(\d+)m(\d+\.\d+)s/g)]
  if (times.length !== 2) throw new Error(`bash answered "${children}" to \`times\``)
  return times.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000, 0)
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2
}

const {values} = parseArgs({options: {runs: {type: 'string', default: '25'}, json: {type: 'boolean', default: false}}})
const runs = Number(values.runs)
const directory = mkdtempSync(join(tmpdir(), 'omni-startup-'))
const env = {PATH: process.env.PATH, HOME: directory, XDG_CACHE_HOME: join(directory, 'cache')}
const samples = subjects.map((): number[] => [])
try {
  for (const {argv} of subjects) for (let warm = 0; warm < 2; warm++) cpuMilliseconds(argv, env)
  for (let run = 0; run < runs; run++) {
    for (const [index, {argv}] of subjects.entries()) samples[index]?.push(cpuMilliseconds(argv, env))
  }
} finally {
  rmSync(directory, {recursive: true, force: true})
}

const medians = samples.map(median)
const base = medians[0] ?? Number.NaN
const rows = subjects.map((subject, index) => {
  const milliseconds = medians[index] ?? Number.NaN
  return {...subject, milliseconds, ratio: milliseconds / base}
})
if (values.json) {
  const report = rows.map(({name, milliseconds, ratio, budget}) => ({name, cpu_ms: milliseconds, ratio, budget}))
  process.stdout.write(`${JSON.stringify({runs, node: process.version, rows: report})}\n`)
} else {
  process.stdout.write(`median of ${runs} runs each, Node ${process.version}\n\n`)
  process.stdout.write(`${'command'.padEnd(20)}${'CPU ms'.padStart(8)}${'ratio'.padStart(8)}${'budget'.padStart(8)}\n`)
  for (const {name, milliseconds, ratio, budget} of rows) {
    const line = [name.padEnd(20), milliseconds.toFixed(0).padStart(8), ratio.toFixed(2).padStart(8)]
    process.stdout.write(`${line.join('')}${(budget?.toFixed(1) ?? '').padStart(8)}\n`)
  }
}
if (rows.some(({ratio, budget}) => budget !== undefined && ratio > budget)) process.exitCode = 1
