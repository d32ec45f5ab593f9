/**
 * How many webhooks one `omni serve` delivers: events wait in the outbox, the server is started, and a receiver on this
 * machine counts and verifies what comes. On SQLite, and on PostgreSQL where there is one.
 * `npm run bench:webhooks [-- --events N --endpoints N --json]`; needs Linux, whose /proc tells a process's CPU.
 */
import {type ChildProcess, spawn} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {parseArgs} from 'node:util'
import {openStore} from '@omni-ops/core/store'
import {Webhook} from 'standardwebhooks'
import {keyRevoked} from '../../src/keys/events.ts'
import {systemClock, systemRandomness} from '../../src/operation/random.ts'
import {silentLog, unitContext} from '../../src/testing/context.ts'
import {missingPostgres, startPostgres} from '../../src/testing/postgres.ts'

const {values: flags} = parseArgs({
  options: {
    events: {type: 'string', default: '10000'},
    endpoints: {type: 'string', default: '4'},
    json: {type: 'boolean', default: false},
  },
})
const events = Number(flags.events)
const endpoints = Number(flags.endpoints)
const program = resolve(import.meta.dirname, '../../bin/run.js')
const eventsPerUnit = 500

type Environment = Record<string, string | undefined>

/** Counts what is sent to its paths, and verifies one in a hundred. */
class Receiver {
  readonly secrets = new Map<string, string>()
  readonly #ids = new Set<string>()
  readonly #server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece))
    request.on('end', () => {
      const {url = '', headers} = request
      this.received += 1
      this.first ??= performance.now()
      this.#ids.add(`${url} ${String(headers['webhook-id'])}`)
      if (this.received % 100 === 0) {
        new Webhook(this.secrets.get(url)!).verify(body, headers as Record<string, string>)
      }
      response.writeHead(204).end()
      if (this.#ids.size === this.#wanted) this.#complete()
    })
  })
  received = 0
  first: number | undefined
  #wanted = 0
  #complete: () => void = () => {}

  async listen(): Promise<string> {
    await new Promise<void>(listening => this.#server.listen(0, '127.0.0.1', listening))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Resolves when so many different ones came. */
  all(wanted: number): Promise<void> {
    this.#wanted = wanted
    return new Promise(complete => (this.#complete = complete))
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}

async function run(argv: readonly string[], env: Environment): Promise<string> {
  const child = spawn(process.execPath, [program, ...argv], {env, stdio: ['ignore', 'pipe', 'inherit']})
  let stdout = ''
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()))
  const code = await new Promise(ended => child.once('close', ended))
  if (code !== 0) throw new Error(`omni ${argv.join(' ')} exited with ${String(code)}`)
  return stdout.trim()
}

async function publish(url: string): Promise<void> {
  const store = await openStore({url, migrations: [], clock: systemClock, log: silentLog})
  const context = unitContext({tenant: 'default', clock: systemClock, random: systemRandomness(systemClock)})
  for (let from = 0; from < events; from += eventsPerUnit) {
    await store.unit(context, {audit: false}, async unit => {
      for (let index = from; index < Math.min(from + eventsPerUnit, events); index += 1) {
        await unit.publish(keyRevoked, {prefix: '21aiosdxeqic', name: `key-${index}`})
      }
    })
  }
  await store.close()
}

/** Seconds of CPU that a process has used, in user and system; /proc counts hundredths. */
function cpuSeconds({pid}: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

interface Figures {
  readonly 'deliveries per minute (at least 10000)': number
  readonly 'CPU per delivery (ms)': number
  readonly 'sent more than once': number
}

async function measure(databaseUrl?: string): Promise<Figures> {
  const home = mkdtempSync(join(tmpdir(), 'omni-bench-webhooks-'))
  const env: Environment = {
    PATH: process.env.PATH,
    HOME: home,
    OMNI_WEBHOOKS_ALLOW_PRIVATE_TARGETS: 'true',
    OMNI_WEBHOOKS_KEY: 'b'.repeat(32),
    OMNI_DATA_DIR: join(home, 'data'),
    ...(databaseUrl === undefined ? {} : {OMNI_DATABASE_URL: databaseUrl}),
  }
  const receiver = new Receiver()
  let server: ChildProcess | undefined
  try {
    const base = await receiver.listen()
    for (let index = 0; index < endpoints; index += 1) {
      const argv = ['webhooks', 'add', `${base}/${index}`, '--name', `r-${index}`, '--events', 'key.*']
      receiver.secrets.set(`/${index}`, await run(argv, env))
    }
    await publish(databaseUrl ?? `sqlite:${join(home, 'data', 'omni.db')}`)
    const all = receiver.all(events * endpoints)
    server = spawn(process.execPath, [program, 'serve', '--port', '0'], {env, stdio: ['ignore', 'pipe', 'inherit']})
    await new Promise(ready => server!.stdout!.once('data', ready))
    const before = cpuSeconds(server)
    await all
    const minutes = (performance.now() - receiver.first!) / 60_000
    const cpu = cpuSeconds(server) - before
    return {
      'deliveries per minute (at least 10000)': Math.round((events * endpoints) / minutes),
      'CPU per delivery (ms)': Math.round((cpu / (events * endpoints)) * 100_000) / 100,
      'sent more than once': receiver.received - events * endpoints,
    }
  } finally {
    server?.kill('SIGKILL')
    receiver.close()
    rmSync(home, {recursive: true, force: true})
  }
}

function report(database: string, figures: Figures): void {
  if (flags.json) process.stdout.write(`${JSON.stringify({database, events, endpoints, ...figures})}\n`)
  else {
    process.stdout.write(`${database}: ${events} events to each of ${endpoints} endpoints\n`)
    for (const [name, figure] of Object.entries(figures)) process.stdout.write(`  ${name.padEnd(40)} ${figure}\n`)
  }
}

report('SQLite', await measure())
const missing = missingPostgres()
if (missing === undefined) {
  const postgres = await startPostgres()
  try {
    report('PostgreSQL', await measure(await postgres.emptyDatabase()))
  } finally {
    await postgres.stop()
  }
} else process.stderr.write(`skipped: PostgreSQL (${missing})\n`)
