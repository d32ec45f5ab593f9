import {spawn, spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {onTestFinished} from 'vitest'

/** Why there can be no HAProxy; undefined where there can. */
export function missingHaproxy(): string | undefined {
  return spawnSync('haproxy', ['-v']).status === 0 ? undefined : 'no haproxy on this machine'
}

const longestStartMs = 15_000

export interface Haproxy {
  readonly url: string
  /** What it thinks of a server, `UP` or `DOWN`, by the order in which they were given. */
  stateOf(index: number): Promise<string>
}

/** A balancer before servers, set up as docs/serve.md shows it; it goes away with the test. */
export async function startHaproxy(urls: readonly string[]): Promise<Haproxy> {
  const directory = mkdtempSync(join(tmpdir(), 'omni-haproxy-'))
  const file = join(directory, 'haproxy.cfg')
  const port = await freePort()
  writeFileSync(file, configuration(port, urls))
  const child = spawn('haproxy', ['-db', '-f', file], {stdio: ['ignore', 'ignore', 'pipe']})
  let told = ''
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (told += piece))
  onTestFinished(async () => {
    const ended = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
    rmSync(directory, {recursive: true, force: true})
  })
  const url = `http://127.0.0.1:${port}`
  const latest = performance.now() + longestStartMs
  while ((await fetch(`${url}/readyz`).catch(() => undefined))?.status !== 200) {
    if (child.exitCode !== null || performance.now() > latest)
      throw new Error(`haproxy ended with ${child.exitCode}: ${told}`)
    await delay(50)
  }
  return {
    url,
    stateOf: async index => {
      const [header = '', ...rows] = (await (await fetch(`${url}/haproxy;csv`)).text()).split('\n')
      const column = header.split(',').indexOf('status')
      const row = rows.map(each => each.split(',')).find(cells => cells[1] === `omni${index}`)
      return row?.[column]?.split(' ')[0] ?? 'unknown'
    },
  }
}

function configuration(port: number, urls: readonly string[]): string {
  const servers = urls.map((url, index) => `  server omni${index} ${new URL(url).host}`)
  return `defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  retries 3
  option redispatch
  retry-on conn-failure
  option forwardfor
frontend entry
  bind 127.0.0.1:${port}
  stats enable
  stats uri /haproxy
  default_backend omni
backend omni
  balance roundrobin
  option httpchk GET /readyz
  default-server check inter 200ms fall 2 rise 1
${servers.join('\n')}
`
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const {port} = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}
