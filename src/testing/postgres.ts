import {execFile, spawn} from 'node:child_process'
import {chownSync, existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import pg from 'pg'

const run = promisify(execFile)

/** A PostgreSQL server for tests. */
export interface TestPostgres {
  /** The address of its database, emptied. */
  emptyDatabase(): Promise<string>
  stop(): Promise<void>
}

/** Where Debian puts the server's programs. */
const binaries = '/usr/lib/postgresql/15/bin'

/** Why there can be no server; undefined where there can. */
export function missingPostgres(): string | undefined {
  if (process.env.OMNI_TEST_POSTGRES_URL) return undefined
  if (!existsSync(join(binaries, 'initdb'))) return `no OMNI_TEST_POSTGRES_URL and no server in ${binaries}`
  if (process.getuid?.() === 0 && serverAccount() === undefined)
    return 'a server does not run as root, and there is no account postgres'
  return undefined
}

/** A database of its own on the server named by OMNI_TEST_POSTGRES_URL, or on a private one. */
export async function startPostgres(): Promise<TestPostgres> {
  const url = process.env.OMNI_TEST_POSTGRES_URL
  if (url) return withDatabase(url, async () => {})
  const {address, stop} = await startPrivateServer()
  return withDatabase(address, stop)
}

/** A server from Debian's PostgreSQL 15 on a unix socket in a temporary directory. */
export async function startPrivateServer(): Promise<{readonly address: string; stop(): Promise<void>}> {
  const account = process.getuid?.() === 0 ? serverAccount() : undefined
  const directory = mkdtempSync(join(tmpdir(), 'omni-postgres-'))
  if (account !== undefined) chownSync(directory, account.uid, account.gid)
  const data = join(directory, 'data')
  await run(
    join(binaries, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    {
      ...account,
      cwd: directory,
    },
  )
  const settings = [
    '-c',
    'listen_addresses=',
    '-c',
    'fsync=off',
    '-c',
    'full_page_writes=off',
    '-c',
    `unix_socket_directories=${directory}`,
  ]
  const server = spawn(join(binaries, 'postgres'), ['-D', data, ...settings], {
    ...account,
    cwd: directory,
    stdio: 'ignore',
  })
  const ended = new Promise<void>(resolve => server.once('exit', () => resolve()))
  const stop = async () => {
    // SIGINT is PostgreSQL's fast shutdown.
    server.kill('SIGINT')
    await ended
    rmSync(directory, {recursive: true, force: true})
  }
  const address = `postgres://postgres@/postgres?host=${encodeURIComponent(directory)}`
  await untilReady(address, () => server.exitCode !== null)
  return {address, stop}
}

/** PostgreSQL does not run as root; Debian's package makes an account for it. */
function serverAccount(): {uid: number; gid: number} | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find(entry => entry.startsWith('postgres:'))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid === undefined || gid === undefined ? undefined : {uid: Number(uid), gid: Number(gid)}
}

async function untilReady(address: string, dead: () => boolean): Promise<void> {
  for (;;) {
    if (dead()) throw new Error('The PostgreSQL server for the tests ended while it started')
    const client = new pg.Client({connectionString: address})
    try {
      await client.connect()
      await client.end()
      return
    } catch {
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
}

let databases = 0

function withDatabase(address: string, stop: () => Promise<void>): TestPostgres {
  const name = `omni_test_${process.pid}_${databases++}`
  const own = databaseAddress(address, name)
  let made = false
  return {
    async emptyDatabase() {
      if (made) await execute(own, 'drop schema public cascade; create schema public')
      else await execute(address, `create database ${name}`)
      made = true
      return own
    },
    async stop() {
      if (made) await execute(address, `drop database ${name} with (force)`)
      await stop()
    },
  }
}

async function execute(address: string, statements: string): Promise<void> {
  const client = new pg.Client({connectionString: address})
  await client.connect()
  try {
    await client.query(statements)
  } finally {
    await client.end()
  }
}

/** The address with another database; an address of a unix socket has no host, which URL cannot say. */
function databaseAddress(address: string, name: string): string {
  return address.replace(/^(postgres(?:ql)?:\/\/[^/]*)\/[^?]*/, `$1/${name}`)
}
