import {readFileSync} from 'node:fs'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import type {Media} from '../../src/media/read-media.ts'
import {mediaTypeOf} from '../../src/media/media-type.ts'
import {languageData} from '../../src/vision/language-data.ts'
import {pageRasters} from '../../src/vision/page-rasters.ts'
import {laidOutText, runningText} from '../../src/vision/page-text.ts'
import {recognisePage, type RecognisedPage} from '../../src/vision/recognise-page.ts'
import {TextRecogniser} from '../../src/vision/text-recogniser.ts'
import {characterErrorRate} from '../support/character-error-rate.ts'
import {pageDamage} from '../support/page-damage.ts'
import {draw, type DrawnPage, invoice, letter, slovenianLetter} from '../support/rendered-pages.ts'

let recogniser: TextRecogniser
const {signal} = new AbortController()

beforeAll(() => {
  recogniser = new TextRecogniser({data: languageData(['eng', 'slv']), threads: 2, milliseconds: 120_000})
})
afterAll(() => recogniser.close())

const mediaOf = (bytes: Buffer): Media => ({source: 'page', mediaType: mediaTypeOf(bytes)!, bytes})

async function read(bytes: Buffer): Promise<RecognisedPage> {
  for await (const raster of pageRasters(mediaOf(bytes), () => true, signal)) {
    return recognisePage(raster, recogniser, {signal})
  }
  throw new Error('no page')
}

const pages = [invoice(), letter(), slovenianLetter()]
const small = [invoice(13), letter(13), slovenianLetter(13)]
type Damage = (page: Buffer) => Buffer | Promise<Buffer>

describe('of a page as it was drawn', () => {
  const bars: readonly (readonly [string, readonly DrawnPage[], Damage, number])[] = [
    ['clean', pages, page => page, 0.01],
    ['in letters of 13 pixels', small, page => page, 0.01],
    ['on its right side', pages, page => pageDamage.turned(page, 90), 0.01],
    ['on its head', [letter()], page => pageDamage.turned(page, 180), 0.01],
    ['on its left side', [invoice()], page => pageDamage.turned(page, 270), 0.01],
    ['as a JPEG of quality 20', pages, page => pageDamage.jpeg(page, 20), 0.01],
    ['at a slant of 4 degrees', [invoice(), letter()], page => pageDamage.turned(page, 4), 0.01],
    ['with a fifth of its pixels black or white', pages, page => pageDamage.specks(page, 0.2), 0.08],
    ['photographed in bad light', pages, page => pageDamage.photographed(page, 40), 0.08],
  ]
  const cases = bars.flatMap(([how, set, damage, bar]) =>
    set.map(page => [`${page.name} ${how}`, page, damage, bar] as const),
  )
  test.each(cases)('%s: nearly every letter is right', async (_name, page, damage, bar) => {
    const found = await read(await damage(await draw(page)))
    expect(characterErrorRate(runningText(found), page.truth), runningText(found)).toBeLessThanOrEqual(bar)
  })
})

test('a typewritten page that was scanned is read, though its language is not among those asked for', async () => {
  const file = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url))
  const found = await read(file('typewriter.png'))
  const rate = characterErrorRate(runningText(found), file('typewriter.txt').toString())
  expect(rate, runningText(found)).toBeLessThanOrEqual(0.04)
})

describe('a page that was read', () => {
  test('says how it had to be turned, and where each word stands on the page as it was given', async () => {
    const page = letter()
    const upright = await read(await draw(page))
    expect([upright.rotation, upright.skew]).toEqual([0, 0])
    const wordOf = (found: RecognisedPage, text: string) =>
      found.blocks
        .flat(2)
        .flatMap(({words}) => words)
        .find(word => word.text === text)!
    const dear = wordOf(upright, 'Dear')
    // As it was drawn: 4 and 5 times the font's size from the corner, the letters a little lower.
    expect(Math.abs(dear.box.x - 104)).toBeLessThan(6)
    expect(Math.abs(dear.box.y - 135)).toBeLessThan(12)
    expect(dear.confidence).toBeGreaterThan(0.8)
    for (const [degrees, rotation] of [
      [90, 270],
      [180, 180],
      [270, 90],
    ] as const) {
      const turned = await read(await pageDamage.turned(await draw(page), degrees))
      expect(turned.rotation).toBe(rotation)
      const box = wordOf(turned, 'Dear').box
      const {width, height} = upright
      const expected = {
        90: {x: height - dear.box.y - dear.box.height, y: dear.box.x},
        180: {x: width - dear.box.x - dear.box.width, y: height - dear.box.y - dear.box.height},
        270: {x: dear.box.y, y: width - dear.box.x - dear.box.width},
      }[degrees]
      expect(Math.abs(box.x - expected.x)).toBeLessThan(6)
      expect(Math.abs(box.y - expected.y)).toBeLessThan(6)
    }
  })

  test('has the words of a slanted page where they are on it', async () => {
    const page = invoice()
    const slanted = await pageDamage.turned(await draw(page), 5)
    const found = await read(slanted)
    expect(Math.abs(found.skew + 5)).toBeLessThan(0.3)
    const upright = await read(await draw(page))
    const total = (each: RecognisedPage) =>
      each.blocks
        .flat(2)
        .flatMap(({words}) => words)
        .find(({text}) => text === '2,045.82')!.box
    const {x, y, width, height} = total(upright)
    const radians = (5 * Math.PI) / 180
    const fromMiddle = {x: x + width / 2 - upright.width / 2, y: y + height / 2 - upright.height / 2}
    const middle = {
      x: fromMiddle.x * Math.cos(radians) - fromMiddle.y * Math.sin(radians) + found.width / 2,
      y: fromMiddle.x * Math.sin(radians) + fromMiddle.y * Math.cos(radians) + found.height / 2,
    }
    const box = total(found)
    expect(Math.hypot(box.x + box.width / 2 - middle.x, box.y + box.height / 2 - middle.y)).toBeLessThan(8)
  })

  test('keeps columns in place where its layout is asked for', async () => {
    const text = laidOutText(await read(await draw(invoice())))
    const rows = text.split('\n').filter(line => /Item|Office|Delivery|Subtotal/.test(line))
    const column = rows.map(row => row.search(/Amount|516|45\.00$|1,676/))
    expect(Math.max(...column) - Math.min(...column)).toBeLessThanOrEqual(2)
    expect(rows).toHaveLength(4)
  })

  test('may hold nothing', async () => {
    const empty = await draw({...letter(), texts: []})
    expect(await read(empty)).toMatchObject({blocks: [], confidence: 0})
  })
})
