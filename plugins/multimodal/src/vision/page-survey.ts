import {type Blob, blobsOf, inkThreshold, type Raster} from './raster.ts'

/** What can be told of a page before it is read. */
export interface PageSurvey {
  /** Blobs that may be letters. */
  readonly letters: number
  /** Pixels: of half the letters no more. 0 where there are none. */
  readonly letterHeight: number
  /** Specks of one to three pixels for each letter: on a clean page there are few. */
  readonly specks: number
  /** Degrees by which lines of writing rise to the right, at most 15 either way. */
  readonly slope: number
  /** Pixels: half the letters are left of it, and half above it. */
  readonly middle: {readonly x: number; readonly y: number}
  /** Whether lines seem to run from top to bottom: the page lies on its side. */
  readonly isSideways: boolean
}

/** Smaller blobs are dirt, larger ones are pictures and rules; pixels. */
const speckArea = 3
const tallestLetter = 300

/** A page's specks, letters and lines, from its blobs alone. */
export function survey(raster: Raster): PageSurvey {
  const blobs = blobsOf(raster, inkThreshold(raster))
  const letters = blobs.filter(isLetter)
  const specks = blobs.filter(({area}) => area <= speckArea).length
  const lines = steepness(letters.map(({left, right, bottom}) => ({along: (left + right) / 2, across: bottom})))
  const columns = steepness(letters.map(({top, bottom, right}) => ({along: (top + bottom) / 2, across: right})))
  const isSideways = columns.order > lines.order * 1.2
  const sizes = letters.map(({left, top, right, bottom}) => (isSideways ? right - left : bottom - top) + 1)
  const letterHeight = median(sizes)
  // Turned by a quarter, what rose to the right falls.
  const slope = isSideways ? -columns.slope : lines.slope
  const middle = {x: median(letters.map(({left}) => left)), y: median(letters.map(({top}) => top))}
  return {
    middle,
    letters: letters.length,
    letterHeight,
    specks: specks / Math.max(1, letters.length),
    slope,
    isSideways,
  }
}

function isLetter({left, top, right, bottom, area}: Blob): boolean {
  const width = right - left + 1
  const height = bottom - top + 1
  if (area <= speckArea || height < 5 || height > tallestLetter || width > height * 8) return false
  return height <= width * 12 && area >= 0.08 * width * height
}

interface Point {
  readonly along: number
  readonly across: number
}

/** Degrees. */
const steepest = 15
const coarse = 0.5
const fine = 0.05
/** Points are counted in bands so high, in pixels. */
const band = 3
/** More points make it no better. */
const mostPoints = 4_000

/**
 * The slope at which the feet of letters fall into the fewest lines, and how well they do: the sum of the squares of how
 * many feet each band of the page has, for each point (H. S. Baird, "The skew angle of printed documents", SPSE 1987).
 */
function steepness(points: readonly Point[]): {readonly slope: number; readonly order: number} {
  if (points.length < 8) return {slope: 0, order: 0}
  const step = Math.ceil(points.length / mostPoints)
  const sample = step === 1 ? points : points.filter((_, index) => index % step === 0)
  let best = {slope: 0, order: orderAt(sample, 0)}
  const look = (from: number, to: number, by: number) => {
    for (let slope = from; slope <= to; slope += by) {
      const order = orderAt(sample, slope)
      if (order > best.order * 1.001) best = {slope, order}
    }
  }
  look(-steepest, steepest, coarse)
  const {slope} = best
  look(slope - coarse, slope + coarse, fine)
  return best
}

function orderAt(points: readonly Point[], slope: number): number {
  const tangent = Math.tan((slope * Math.PI) / 180)
  const bands = new Map<number, number>()
  for (const {along, across} of points) {
    const index = Math.round((across + along * tangent) / band)
    bands.set(index, (bands.get(index) ?? 0) + 1)
  }
  let sum = 0
  for (const count of bands.values()) sum += count * count
  return sum / points.length
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}
