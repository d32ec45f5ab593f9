/**
 * What pages cost as whole processes of the built program: one of a million rows of CSV, and all types from sample data.
 * `npm run bench:dashboards [-- --rows 1000000 --runs 3 --types --json]`; wants time(1), which tells a process's memory.
 */
import {spawnSync} from 'node:child_process'
import {closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {parseArgs} from 'node:util'
import {SampleRandom} from '../../plugins/dashboard/src/sample/sample-random.ts'

interface Measured {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakMb: number
}

const {values: flags} = parseArgs({
  options: {
    rows: {type: 'string', default: '1000000'},
    runs: {type: 'string', default: '3'},
    /** Passed to Node, for example `--node=--cpu-prof`. */
    node: {type: 'string', multiple: true, default: []},
    types: {type: 'boolean', default: false},
    json: {type: 'boolean', default: false},
  },
})
const program = resolve(import.meta.dirname, '../../bin/run.js')
const directory = mkdtempSync(join(tmpdir(), 'omni-bench-dashboards-'))
const env = {PATH: process.env.PATH, HOME: join(directory, 'home')}

/** Runs omni and lets it be; `partial` is no failure. */
function timed(argv: readonly string[]): Measured {
  const began = performance.now()
  const {status, stderr} = spawnSync(
    '/usr/bin/time',
    ['-f', '%U %S %M', process.execPath, ...flags.node, program, ...argv],
    {cwd: directory, env, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe']},
  )
  const seconds = (performance.now() - began) / 1000
  if (status !== 0) throw new Error(`omni ${argv.join(' ')} ended with ${status}: ${stderr}`)
  const [user, system, kilobytes] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number)
  return {seconds, cpuSeconds: user! + system!, peakMb: kilobytes! / 1024}
}

/**
 * Orders of 120 days, all of them within the two periods that are compared, in no order of time: nothing can be skipped.
 * Every order has a number of its own and one of 60,000 customers.
 */
function writeOrders(file: string, rows: number): void {
  const random = new SampleRandom(8, 'bench')
  const regions = {'Central Europe': 5, 'Western Europe': 4, Nordics: 2, 'Southern Europe': 2, Overseas: 1}
  const products = {Starter: 5, Team: 4, Business: 2, Support: 2, Training: 1, Hardware: 1, Archive: 1}
  const channels = {Web: 6, Sales: 2, Partner: 2, 'App store': 1}
  const end = Date.parse('2026-06-18T14:37:00Z')
  const output = openSync(file, 'w')
  let lines = ['order_id,ordered_at,customer_id,region,product,channel,amount,refunded_amount,currency']
  for (let number = 1; number <= rows; number++) {
    const at = new Date(end - Math.floor(random.unit() * 120 * 86_400) * 1000).toISOString()
    const amount = random.skewed(64, 0.6, 2)
    lines.push(
      `o-${String(number).padStart(7, '0')},${at},${random.entity('c', 60_000)},${random.choice(regions)},` +
        `${random.choice(products)},${random.choice(channels)},${amount},${random.chance(0.04) ? amount : 0},EUR`,
    )
    if (lines.length < 20_000 && number < rows) continue
    writeSync(output, `${lines.join('\n')}\n`)
    lines = []
  }
  closeSync(output)
}

/** The quickest of several runs: others use the machine too, and nothing makes a run quicker than it is. */
function quickest(argv: readonly string[]): Measured {
  const runs = Array.from({length: Number(flags.runs)}, () => timed(argv))
  const peakMb = Math.max(...runs.map(run => run.peakMb))
  return {...runs.toSorted((one, other) => one.seconds - other.seconds)[0]!, peakMb}
}

interface Row extends Measured {
  readonly name: string
  readonly most: {readonly seconds: number; readonly mb?: number}
}

const rows: Row[] = []
try {
  const file = join(directory, 'orders.csv')
  writeOrders(file, Number(flags.rows))
  const began = performance.now()
  readFileSync(file)
  const reading = performance.now() - began
  process.stderr.write(
    `${flags.rows} rows, ${Math.round(statSync(file).size / 1e6)} MB, read in ${Math.round(reading)} ms; the quickest of ${flags.runs} runs each\n`,
  )
  const build = ['dashboard', 'build', 'Revenue Analytics', '--data', file, '--out', join(directory, 'pages')]
  rows.push({name: `${flags.rows} rows of CSV to a page`, ...quickest(build), most: {seconds: 5, mb: 700}})
  if (flags.types) {
    const all = ['dashboard', 'build', '--all', '--sample', '--out', join(directory, 'sample')]
    rows.push({name: 'all types from sample data', ...quickest(all), most: {seconds: 60}})
  }
} finally {
  rmSync(directory, {recursive: true, force: true})
}

const round = (value: number) => Math.round(value * 100) / 100
if (flags.json) {
  const told = rows.map(({name, seconds, cpuSeconds, peakMb, most}) => {
    return {name, seconds: round(seconds), cpu_seconds: round(cpuSeconds), peak_mb: Math.round(peakMb), most}
  })
  process.stdout.write(`${JSON.stringify({node: process.version, rows: told})}\n`)
} else {
  process.stdout.write(`${'what'.padEnd(32)}${'s'.padStart(8)}${'CPU s'.padStart(8)}${'MB'.padStart(8)}   asked\n`)
  for (const {name, seconds, cpuSeconds, peakMb, most} of rows) {
    const found = [round(seconds), round(cpuSeconds), Math.round(peakMb)].map(each => String(each).padStart(8)).join('')
    const asked = `${most.seconds} s${most.mb === undefined ? '' : `, ${most.mb} MB`}`
    process.stdout.write(`${name.padEnd(32)}${found}   ${asked}\n`)
  }
}
if (rows.some(({seconds, peakMb, most}) => seconds > most.seconds || peakMb > (most.mb ?? Infinity)))
  process.exitCode = 1
