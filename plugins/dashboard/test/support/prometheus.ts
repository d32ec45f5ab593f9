import {execFile, spawn} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'

/** A Prometheus server that knows samples of the past. */
export interface TestPrometheus {
  /** Such as `http://127.0.0.1:34567`. */
  readonly url: string
  stop(): Promise<void>
}

/** Where Debian's package has `prometheus` and `promtool`, or wherever they were unpacked. */
const binaries = process.env.OMNI_TEST_PROMETHEUS ?? '/usr/bin'

/** Why there can be no server; undefined where there can. */
export function missingPrometheus(): string | undefined {
  const absent = ['prometheus', 'promtool'].find(name => !existsSync(join(binaries, name)))
  return absent === undefined ? undefined : `no OMNI_TEST_PROMETHEUS and no ${absent} in ${binaries}`
}

/**
 * Starts a server on samples in the text of OpenMetrics, each with its time; it scrapes nothing.
 * https://prometheus.io/docs/prometheus/latest/storage/#backfilling-from-openmetrics-format
 */
export async function startPrometheus(samples: string): Promise<TestPrometheus> {
  const directory = mkdtempSync(join(tmpdir(), 'omni-prometheus-'))
  const data = join(directory, 'data')
  mkdirSync(data)
  writeFileSync(join(directory, 'samples.txt'), samples)
  writeFileSync(join(directory, 'prometheus.yml'), 'scrape_configs: []\n')
  await promisify(execFile)(join(binaries, 'promtool'), [
    'tsdb',
    'create-blocks-from',
    'openmetrics',
    join(directory, 'samples.txt'),
    data,
  ])
  const port = await freePort()
  const server = spawn(
    join(binaries, 'prometheus'),
    [
      `--config.file=${join(directory, 'prometheus.yml')}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=50y',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    {stdio: 'ignore'},
  )
  const ended = new Promise<void>(resolve => server.once('exit', () => resolve()))
  const url = `http://127.0.0.1:${port}`
  while (server.exitCode === null && !(await isReady(url))) await new Promise(resolve => setTimeout(resolve, 50))
  if (server.exitCode !== null) throw new Error('The Prometheus server for the tests ended while it started')
  return {
    url,
    async stop() {
      server.kill('SIGTERM')
      await ended
      rmSync(directory, {recursive: true, force: true})
    },
  }
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/-/ready`).catch(() => undefined)
  await answer?.text()
  return answer?.ok === true
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()))
  const {port} = server.address() as {port: number}
  await new Promise(resolve => server.close(resolve))
  return port
}
