import type {Bbox, Block} from 'tesseract.js'
import {loadSharp} from '../media/load-sharp.ts'
import {type PageSurvey, survey} from './page-survey.ts'
import {type Box, type Placement, placedBack, type Size} from './placement.ts'
import {evenlyLit} from './even-light.ts'
import type {Raster} from './raster.ts'
import {inReadingOrder} from './reading-order.ts'
import type {RecogniseOptions, TextRecogniser} from './text-recogniser.ts'

export interface RecognisedWord {
  readonly text: string
  /** From 0 to 1. */
  readonly confidence: number
  /** On the page as it was given. */
  readonly box: Box
  /** On the page turned upright and levelled, in pixels of what was read. */
  readonly level: Box
}

/** Words beside each other, and lines below each other, in the order in which they are read. */
export interface RecognisedLine {
  readonly words: readonly RecognisedWord[]
}

export interface RecognisedPage extends Size {
  /** Blocks of text, their paragraphs, and the lines of those. */
  readonly blocks: readonly (readonly (readonly RecognisedLine[])[])[]
  /** The mean of the words', by their length; 0 where there are none. */
  readonly confidence: number
  /** Degrees clockwise by which the page had to be turned to stand upright: 0, 90, 180 or 270. */
  readonly rotation: number
  /** Further degrees clockwise by which its lines had to be levelled. */
  readonly skew: number
}

export interface RecognisePageOptions extends RecogniseOptions {
  /** False where the page is known to stand upright. */
  readonly turns?: boolean
}

/** Tesseract reads best where small letters are about so high, in pixels. */
const readableLetter = 22
/** Larger letters are scaled down to this height: it is read faster, and better. */
const largestReadable = 34
const largestScale = 4
/** Of what is read; some 200 MB of it are in memory while it is. */
const mostPixels = 30_000_000
/** On a clean page there is a speck or two for a letter: the dots. */
const speckled = 4
/** Degrees: less is not seen, and each turn blurs. */
const leastSkew = 0.25
/** A page that is read upright says so; on its side or head it seldom reaches this. */
const sureOfIt = 0.8
/** Letters; a page with fewer is read in a second or two. */
const fullPage = 800
/** Letters of a page on which it may be told which way is up. */
const fewestLetters = 12

/**
 * Reads a page: cleans it of specks, brings small letters to a size that can be read, levels its lines, and where what
 * comes out is doubtful, turns it to all four sides and keeps what is read with most confidence.
 *
 * @throws RecognitionFailedError, RecognitionTimeoutError, CancelledError
 */
export async function recognisePage(
  page: Raster,
  recogniser: TextRecogniser,
  options: RecognisePageOptions,
): Promise<RecognisedPage> {
  const cleaned = await cleanedPage(page)
  const {letters, isSideways} = cleaned.survey
  const mayTurn = (options.turns ?? true) && letters >= fewestLetters
  if (!mayTurn) return readTurned(page, cleaned, 0, recogniser, options)
  // To read all of a full page upside down takes many times as long as to look at a part of it first.
  const looksFirst = isSideways || letters > fullPage
  const quarters = looksFirst ? await surestSide(cleaned, recogniser, options) : 0
  const read = await readTurned(page, cleaned, quarters, recogniser, options)
  if (looksFirst || read.confidence >= sureOfIt) return read
  const better = await surestSide(cleaned, recogniser, options)
  if (better === quarters) return read
  const turned = await readTurned(page, cleaned, better, recogniser, options)
  return turned.confidence > read.confidence ? turned : read
}

/** The quarters by which a part of the page has to be turned to be read with most confidence. */
async function surestSide(
  page: CleanedPage,
  recogniser: TextRecogniser,
  options: RecognisePageOptions,
): Promise<number> {
  const part = partOf(page)
  const sides = page.survey.isSideways ? [1, 3, 0, 2] : [0, 2, 1, 3]
  let best = {quarters: 0, confidence: -1}
  for (const quarters of sides) {
    const {confidence} = await readTurned(part.raster, part, quarters, recogniser, options)
    if (confidence > best.confidence) best = {quarters, confidence}
    if (best.confidence >= sureOfIt) break
  }
  return best.quarters
}

/** A square from the middle of the page's letters, of some lines. */
function partOf({raster, survey: found}: CleanedPage): CleanedPage {
  const side = Math.max(360, found.letterHeight * 20)
  const width = Math.min(raster.width, side)
  const height = Math.min(raster.height, side)
  const left = Math.round(Math.min(raster.width - width, Math.max(0, found.middle.x - width / 2)))
  const top = Math.round(Math.min(raster.height - height, Math.max(0, found.middle.y - height / 2)))
  const grey = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    const from = (top + y) * raster.width + left
    grey.set(raster.grey.subarray(from, from + width), y * width)
  }
  return {raster: {width, height, grey}, survey: found}
}

interface CleanedPage {
  readonly raster: Raster
  readonly survey: PageSurvey
}

/** Uneven light goes first. Specks and grain go with a median filter, which leaves strokes of three pixels. */
async function cleanedPage(page: Raster): Promise<CleanedPage> {
  const even = evenlyLit(page)
  const found = survey(even)
  if (found.specks <= speckled) return {raster: even, survey: found}
  const sharp = await loadSharp()
  const {data} = await sharp(even.grey, rawOptions(even))
    .median(3)
    .toColourspace('b-w')
    .raw()
    .toBuffer({resolveWithObject: true})
  const raster = {...even, grey: new Uint8Array(data.buffer, data.byteOffset, data.length)}
  return {raster, survey: survey(raster)}
}

async function readTurned(
  page: Size,
  {raster, survey: found}: CleanedPage,
  quarters: number,
  recogniser: TextRecogniser,
  options: RecognisePageOptions,
): Promise<RecognisedPage> {
  const turn = Math.abs(found.slope) >= leastSkew ? found.slope : 0
  const placement: Placement = {quarters, turn, scale: scaleFor(raster, found.letterHeight)}
  const {image, read} = await prepared(raster, placement)
  const {blocks} = await recogniser.recognise(image, options)
  // Rows are level in what was read, and need not be on the page.
  const ordered = inReadingOrder(blocksOf(blocks ?? []))
  const onPage = withBoxes(ordered, box => placedBack(box, read, page, placement))
  return {
    width: page.width,
    height: page.height,
    blocks: onPage,
    confidence: confidenceOf(onPage),
    rotation: quarters * 90,
    skew: Math.round(turn * 100) / 100,
  }
}

function scaleFor({width, height}: Size, letterHeight: number): number {
  const most = Math.sqrt(mostPixels / (width * height))
  if (letterHeight === 0) return Math.min(1, most)
  if (letterHeight > largestReadable) return Math.min(largestReadable / letterHeight, most)
  return Math.min(Math.max(1, readableLetter / letterHeight), largestScale, most)
}

/** The page as it is read: turned, levelled and scaled, as a PNG. */
async function prepared(raster: Raster, {quarters, turn, scale}: Placement): Promise<{image: Uint8Array; read: Size}> {
  const sharp = await loadSharp()
  // Of several turns in one chain sharp heeds the last.
  const upright = await sharp(raster.grey, rawOptions(raster))
    .rotate(quarters * 90)
    .toColourspace('b-w')
    .raw()
    .toBuffer({resolveWithObject: true})
  const {width, height} = upright.info
  let levelled = sharp(upright.data, {raw: {width, height, channels: 1}})
  if (turn !== 0) {
    const {data, info} = await levelled
      .rotate(turn, {background: '#ffffff'})
      .toColourspace('b-w')
      .raw()
      .toBuffer({resolveWithObject: true})
    levelled = sharp(data, {raw: {width: info.width, height: info.height, channels: info.channels}})
  }
  const {width: levelWidth = 1} = await levelled.metadata()
  if (scale !== 1) levelled = levelled.resize({width: Math.max(1, Math.round(levelWidth * scale)), kernel: 'cubic'})
  const {data, info} = await levelled
    .toColourspace('b-w')
    .png({compressionLevel: 1})
    .toBuffer({resolveWithObject: true})
  return {image: new Uint8Array(data), read: {width: info.width, height: info.height}}
}

function rawOptions({width, height}: Size) {
  return {raw: {width, height, channels: 1 as const}}
}

function withBoxes(blocks: RecognisedPage['blocks'], place: (box: Box) => Box): RecognisedPage['blocks'] {
  return blocks.map(paragraphs =>
    paragraphs.map(lines => lines.map(({words}) => ({words: words.map(word => ({...word, box: place(word.level)}))}))),
  )
}

function blocksOf(blocks: readonly Block[]): RecognisedPage['blocks'] {
  return blocks
    .map(({paragraphs}) =>
      paragraphs
        .map(({lines}) =>
          lines
            .map(({words}) => ({
              words: words
                .filter(({text}) => text.trim() !== '')
                .map(({text, confidence, bbox}) => ({
                  text: text.toWellFormed(),
                  confidence: Math.round(confidence * 10) / 1000,
                  box: boxOf(bbox),
                  level: boxOf(bbox),
                })),
            }))
            .filter(({words}) => words.length > 0),
        )
        .filter(lines => lines.length > 0),
    )
    .filter(paragraphs => paragraphs.length > 0)
}

function boxOf({x0, y0, x1, y1}: Bbox): Box {
  return {x: x0, y: y0, width: x1 - x0, height: y1 - y0}
}

function confidenceOf(blocks: RecognisedPage['blocks']): number {
  const words = blocks.flat(2).flatMap(line => line.words)
  const letters = words.reduce((sum, {text}) => sum + text.length, 0)
  if (letters === 0) return 0
  const sum = words.reduce((total, {text, confidence}) => total + text.length * confidence, 0)
  return Math.round((sum / letters) * 1000) / 1000
}
