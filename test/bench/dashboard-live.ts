/**
 * How long a change of data takes to the screen: a CSV is written, and a page of `omni dashboard serve` in a real Chromium
 * shows the new figure, its charts and tables with it. From the end of the write to the change of the page's elements.
 * `npm run bench:dashboard-live [-- --rounds N --rows N --json]`; needs Chromium, and a quiet machine.
 */
import {spawn} from 'node:child_process'
import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {parseArgs} from 'node:util'
import {chromium} from 'playwright-core'

const {values: flags} = parseArgs({
  options: {
    rounds: {type: 'string', default: '20'},
    rows: {type: 'string', default: '10000'},
    json: {type: 'boolean', default: false},
  },
})
/** The first updates are slower, until the program's code is compiled. */
const warmUp = 8
const program = resolve(import.meta.dirname, '../../bin/run.js')
const directory = mkdtempSync(join(tmpdir(), 'omni-bench-live-'))
const file = join(directory, 'sales.csv')
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
if (executablePath === undefined) throw new Error('No Chromium is installed')

/** Sales of a hundred days, of which the last is told by its amount. */
const rows = Array.from({length: Number(flags.rows)}, (_, index) => {
  const day = new Date(Date.UTC(2026, 0, 1 + Math.floor((index * 100) / Number(flags.rows))))
  const region = ['North', 'South', 'East', 'West'][index % 4]
  const channel = ['web', 'shop', 'phone'][index % 3]
  return `${index},${day.toISOString()},${region},${channel},${((index * 37) % 500) / 10 + 5},EUR`
})
const write = (amount: number) => {
  writeFileSync(
    file,
    `order_id,date,region,channel,total,currency\n${rows.join('\n')}\n${rows.length},2026-04-10T00:00:00Z,North,web,${amount},EUR\n`,
  )
  return performance.timeOrigin + performance.now()
}

async function addressOf(child: ReturnType<typeof spawn>): Promise<string> {
  const text = await new Promise<Buffer>((found, failed) => {
    child.stdout!.once('data', found)
    child.once('exit', code => failed(new Error(`The server ended with ${code}`)))
  })
  return text.toString().trim()
}

write(0)
const server = spawn(
  process.execPath,
  [program, 'dashboard', 'serve', 'Revenue Analytics', '--data', file, '--port', '0'],
  {
    env: {PATH: process.env.PATH, HOME: directory},
    stdio: ['ignore', 'pipe', 'inherit'],
  },
)
const address = await addressOf(server)
const browser = await chromium.launch({executablePath, args: ['--no-sandbox']})
try {
  const page = await browser.newPage({viewport: {width: 1280, height: 900}})
  await page.goto(`${address}/revenue-analytics`)
  await page.locator('#live-state[data-state=live]').waitFor()
  const times: number[] = []
  for (let round = 1; round <= warmUp + Number(flags.rounds); round++) {
    // Ends in something else than the promise, which would be waited for.
    await page.evaluate(`window.changed = new Promise(resolve => new MutationObserver((_changes, observer) => {
      observer.disconnect()
      resolve(performance.timeOrigin + performance.now())
    }).observe(document.querySelector('main'), {childList: true, subtree: true})); undefined`)
    const written = write(round * 1000)
    const changed = (await page.evaluate('window.changed')) as number
    if (round > warmUp) times.push(changed - written)
    // The next change comes to a server and a browser at rest.
    await delay(1_200)
  }
  const sorted = times.toSorted((one, other) => one - other)
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!)
  const result = {rows: rows.length + 1, rounds: times.length, median_ms: at(0.5), p95_ms: at(0.95), most_ms: at(1)}
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(result)}\n`
      : `${result.rows} rows, ${result.rounds} changes: median ${result.median_ms} ms, 95th percentile ${result.p95_ms} ms, most ${result.most_ms} ms\n`,
  )
} finally {
  await browser.close()
  server.kill()
  rmSync(directory, {recursive: true, force: true})
}
