import {execFile} from 'node:child_process'
import {createReadStream, createWriteStream} from 'node:fs'
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {pipeline} from 'node:stream/promises'
import {promisify} from 'node:util'
import {createGunzip} from 'node:zlib'
import {mediaTypeOf} from '../../plugins/multimodal/src/media/media-type.ts'
import {languageData} from '../../plugins/multimodal/src/vision/language-data.ts'
import {pageRasters} from '../../plugins/multimodal/src/vision/page-rasters.ts'
import {runningText} from '../../plugins/multimodal/src/vision/page-text.ts'
import {recognisePage} from '../../plugins/multimodal/src/vision/recognise-page.ts'
import {TextRecogniser} from '../../plugins/multimodal/src/vision/text-recogniser.ts'
import {characterErrorRate} from '../../plugins/multimodal/test/support/character-error-rate.ts'
import {pageDamage} from '../../plugins/multimodal/test/support/page-damage.ts'
import {
  draw,
  type DrawnPage,
  invoice,
  letter,
  slovenianLetter,
} from '../../plugins/multimodal/test/support/rendered-pages.ts'

/**
 * How well and how fast pages are read, beside the `tesseract` 5 command line on the same pages with the same data of
 * both languages, one thread each. Seconds are of this run alone; the ratio is what counts.
 *
 *     node test/bench/ocr.ts              the pages that the tests draw, and the scan beside them
 *     node test/bench/ocr.ts PNG TXT …    further pages, each with what stands on it
 */

interface Page {
  readonly name: string
  readonly how: string
  readonly bytes: Buffer
  readonly truth: string
}

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../..')
const fixtures = join(root, 'plugins/multimodal/test/fixtures')
const languages = ['eng', 'slv']
const {signal} = new AbortController()

async function* pages(): AsyncGenerator<Page> {
  const large = [invoice(), letter(), slovenianLetter()]
  const small = [invoice(13), letter(13), slovenianLetter(13)]
  const sets: readonly (readonly [string, readonly DrawnPage[], (page: Buffer) => Promise<Buffer>])[] = [
    ['clean', large, async page => page],
    ['13-pixel letters', small, async page => page],
    ['on its side', large, page => pageDamage.turned(page, 90)],
    ['JPEG quality 20', large, page => pageDamage.jpeg(page, 20)],
    ['slanted by 4°', large, page => pageDamage.turned(page, 4)],
    ['a fifth of its pixels noise', large, page => pageDamage.specks(page, 0.2)],
    ['photographed in bad light', large, page => pageDamage.photographed(page, 40)],
  ]
  for (const [how, set, damage] of sets) {
    for (const page of set) yield {name: page.name, how, bytes: await damage(await draw(page)), truth: page.truth}
  }
  yield* [await pageOf(join(fixtures, 'typewriter.png'), join(fixtures, 'typewriter.txt'))]
  const more = process.argv.slice(2)
  for (let at = 0; at + 1 < more.length; at += 2) yield pageOf(more[at]!, more[at + 1]!)
}

async function pageOf(picture: string, text: string): Promise<Page> {
  const [bytes, truth] = await Promise.all([readFile(picture), readFile(text, 'utf8')])
  return {name: picture.split('/').at(-1)!, how: 'a scan', bytes, truth}
}

async function seconds<T>(work: () => Promise<T>): Promise<{readonly result: T; readonly seconds: number}> {
  const began = performance.now()
  const result = await work()
  return {result, seconds: (performance.now() - began) / 1000}
}

async function readHere(page: Page, recogniser: TextRecogniser): Promise<string> {
  const media = {source: page.name, mediaType: mediaTypeOf(page.bytes)!, bytes: page.bytes}
  for await (const raster of pageRasters(media, () => true, signal)) {
    return runningText(await recognisePage(raster, recogniser, {signal}))
  }
  return ''
}

async function readThere(page: Page, directory: string): Promise<string> {
  const file = join(directory, 'page')
  await writeFile(file, page.bytes)
  const {stdout} = await run('tesseract', [file, 'stdout', '--tessdata-dir', directory, '-l', languages.join('+')], {
    env: {...process.env, OMP_THREAD_LIMIT: '1'},
    maxBuffer: 50_000_000,
  })
  return stdout
}

const data = languageData(languages)
const directory = await mkdtemp(join(tmpdir(), 'omni-ocr-'))
await mkdir(directory, {recursive: true})
for (const language of languages) {
  const name = `${language}.traineddata`
  await pipeline(
    createReadStream(join(data.directory, `${name}.gz`)),
    createGunzip(),
    createWriteStream(join(directory, name)),
  )
}
const version = await run('tesseract', ['--version']).then(
  ({stdout}) => stdout.split('\n')[0]!,
  () => undefined,
)
if (version === undefined) process.stdout.write('tesseract is not installed: only this program is measured\n')

const recogniser = new TextRecogniser({data, threads: 1, milliseconds: 600_000})
const percent = (rate: number) => `${(rate * 100).toFixed(1)} %`
const rows: {how: string; name: string; here: number; there: number; ratio: number}[] = []
try {
  await readHere({...(await pages().next()).value!}, recogniser)
  process.stdout.write(
    `${'page'.padEnd(52)}${'errors'.padStart(9)}${'seconds'.padStart(9)}${version ? '   tesseract: errors, seconds, ratio' : ''}\n`,
  )
  for await (const page of pages()) {
    const here = await seconds(() => readHere(page, recogniser))
    const there = version === undefined ? undefined : await seconds(() => readThere(page, directory))
    const rate = characterErrorRate(here.result, page.truth)
    const theirs = there === undefined ? Number.NaN : characterErrorRate(there.result, page.truth)
    const ratio = there === undefined ? Number.NaN : here.seconds / there.seconds
    rows.push({how: page.how, name: page.name, here: rate, there: theirs, ratio})
    process.stdout.write(
      `${`${page.name}, ${page.how}`.padEnd(52)}${percent(rate).padStart(9)}${here.seconds.toFixed(2).padStart(9)}` +
        `${there ? `${percent(theirs).padStart(12)}${there.seconds.toFixed(2).padStart(9)}${ratio.toFixed(2).padStart(8)}` : ''}\n`,
    )
  }
} finally {
  await recogniser.close()
  await rm(directory, {recursive: true, force: true})
}
const groups = [...new Set(rows.map(({how}) => how))].map(how => {
  const own = rows.filter(row => row.how === how)
  const worst = (pick: (row: (typeof rows)[number]) => number) => Math.max(...own.map(pick))
  const middle = own.map(({ratio}) => ratio).toSorted((a, b) => a - b)[own.length >> 1]!
  return {how, worst_error: worst(row => row.here), worst_error_tesseract: worst(row => row.there), ratio: middle}
})
process.stdout.write(`${JSON.stringify({tesseract: version ?? null, groups})}\n`)
