import {readFile} from 'node:fs/promises'
import {isLoopbackAddress} from '@omni-ops/core/net'
import {InvalidInputError} from '@omni-ops/core/operation'
import type pg from 'pg'

type Connection = Pick<pg.ClientConfig, 'user' | 'password' | 'host' | 'port' | 'database' | 'ssl'>

const parameters: ReadonlySet<string> = new Set(['host', 'port', 'sslmode', 'sslrootcert'])

/**
 * Takes `postgres://user@host:5432/database?sslmode=verify-full` apart. Where it has no password, `pg` asks `PGPASSWORD`
 * and `~/.pgpass`. The modes are those of https://www.postgresql.org/docs/current/libpq-ssl.html, without the two that
 * fall back to no encryption; without a mode it is `verify-full`, and nothing for a server on this machine.
 * @throws InvalidInputError
 */
export async function postgresConnection(address: string): Promise<Connection> {
  const [, account = '', place = '', path = '', query = ''] =
    /^postgres(?:ql)?:\/\/(?:([^@/?#]*)@)?([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/.exec(address) ?? []
  const given = new URLSearchParams(query)
  const unknown = [...given.keys()].find(name => !parameters.has(name))
  if (unknown !== undefined) {
    throw new InvalidInputError(`An address of PostgreSQL has no ${unknown} here`, {
      hint: `it may have ${[...parameters].join(', ')}`,
    })
  }
  const [user, password] = account.split(':', 2).map(decoded)
  const [, named = '', numbered] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(place) ?? []
  const host = given.get('host') ?? (decoded(named).replace(/^\[|\]$/g, '') || 'localhost')
  const port = given.get('port') ?? numbered
  if ((place !== '' && named === '') || /[^\w.:/-]/.test(host)) {
    throw new InvalidInputError(`${place || host} is no host of PostgreSQL`)
  }
  const isHere = host.startsWith('/') || isLoopbackAddress(host.includes(':') ? `[${host}]` : host)
  return {
    host,
    ssl: await encryption(given.get('sslmode') ?? (isHere ? 'disable' : 'verify-full'), given.get('sslrootcert')),
    ...(user ? {user} : {}),
    ...(password ? {password} : {}),
    ...(port === undefined ? {} : {port: Number(port)}),
    ...(path === '' ? {} : {database: decoded(path)}),
  }
}

async function encryption(mode: string, authority: string | null): Promise<NonNullable<pg.ClientConfig['ssl']>> {
  if (mode === 'disable') return false
  const ca =
    authority === null
      ? {}
      : {
          ca: await readFile(authority, 'utf8').catch((error: NodeJS.ErrnoException) => {
            throw new InvalidInputError(`sslrootcert cannot be read: ${error.code}`)
          }),
        }
  // libpq: with an authority, `require` checks it as `verify-ca` does.
  if (mode === 'require' && authority === null) return {rejectUnauthorized: false}
  if (mode === 'require' || mode === 'verify-ca') return {...ca, checkServerIdentity: () => undefined}
  if (mode === 'verify-full') return ca
  throw new InvalidInputError(`sslmode=${mode} is not known here`, {
    hint: 'write disable, require, verify-ca or verify-full',
  })
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new InvalidInputError('The address of PostgreSQL has a broken escape')
  }
}
