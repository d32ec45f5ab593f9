/**
 * Takes the pictures of docs/dashboards.md: pages that the built command makes from sample data, in Chromium, as PNG
 * files of few colours. `npm run build && npm run screenshots`; needs Chromium (Debian: `apt install chromium`).
 */
import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {pathToFileURL} from 'node:url'
import {chromium, type Browser} from 'playwright-core'
import sharp from 'sharp'

interface Picture {
  readonly type: string
  readonly page: string
  readonly colours: 'light' | 'dark'
}

const pictures: readonly Picture[] = [
  {type: 'Forecast Dashboard', page: 'forecast-dashboard', colours: 'light'},
  {type: 'API Usage Dashboard', page: 'api-usage-dashboard', colours: 'dark'},
  {type: 'Growth Engine', page: 'growth-engine', colours: 'light'},
]
const screen = {width: 1280, height: 960}
/** A page of a screenful has some thousand shades, most of them edges of letters. */
const shades = 64
const mostBytes = 150_000

const root = resolve(import.meta.dirname, '..')
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
if (executablePath === undefined) throw new Error('No Chromium is installed')

const directory = mkdtempSync(join(tmpdir(), 'omni-screenshots-'))
try {
  build(directory)
  mkdirSync(join(root, 'images'), {recursive: true})
  const browser = await chromium.launch({executablePath, args: ['--no-sandbox']})
  try {
    for (const picture of pictures) process.stdout.write(`${await take(picture, browser)}\n`)
  } finally {
    await browser.close()
  }
} finally {
  rmSync(directory, {recursive: true, force: true})
}

function build(out: string): void {
  const names = pictures.map(({type}) => type)
  const argv = [join(root, 'bin/run.js'), 'dashboard', 'build', ...names, '--sample', '--out', out, '--quiet']
  const {status, stderr} = spawnSync(process.execPath, argv, {
    encoding: 'utf8',
    env: {...process.env, XDG_CONFIG_HOME: out, XDG_DATA_HOME: out, OMNI_DASHBOARD_TIME_ZONE: 'Europe/Ljubljana'},
  })
  if (status !== 0) throw new Error(`omni dashboard build ended with ${status}: ${stderr}`)
}

async function take({page: name, colours}: Picture, browser: Browser): Promise<string> {
  const page = await browser.newPage({viewport: screen, colorScheme: colours})
  await page.goto(pathToFileURL(join(directory, `${name}.html`)).href)
  const file = join(root, 'images', `dashboard-${name}.png`)
  const {size} = await sharp(await page.screenshot())
    .png({palette: true, colours: shades, dither: 0, effort: 10, compressionLevel: 9})
    .toFile(file)
  await page.close()
  if (size > mostBytes) throw new Error(`${file} has ${size} bytes, more than ${mostBytes}`)
  return `${file} ${size} bytes`
}
