import type {Raster} from './raster.ts'

/** Pixels: the ground of a page is looked at in squares of this side. */
const square = 48
/** The share of a square's pixels that are darker than its ground: on a page most is ground. */
const groundShare = 0.8
/** Shades of 256 by which the ground of a page may differ before it is evened out. */
const evenEnough = 12
/** A darker ground is dark paper or a picture, and is not made white. */
const darkestGround = 40

/**
 * The page as if it were lit evenly and its paper white: each pixel by the brightness of the ground around it, as a page
 * that was photographed is brighter on one side. A page with light letters on a dark ground is inverted first.
 */
export function evenlyLit(raster: Raster): Raster {
  const upright = isDark(raster) ? inverted(raster) : raster
  const grounds = groundsOf(upright)
  const lightest = Math.max(...grounds.shades)
  if (lightest - Math.min(...grounds.shades) < evenEnough && lightest > 255 - evenEnough) return upright
  return divided(upright, grounds)
}

function isDark({grey}: Raster): boolean {
  let sum = 0
  for (const shade of grey) sum += shade
  return sum / grey.length < 96
}

function inverted(raster: Raster): Raster {
  return {...raster, grey: raster.grey.map(shade => 255 - shade)}
}

interface Grounds {
  readonly columns: number
  readonly rows: number
  readonly shades: Float64Array
}

/** How bright the ground of each square is. */
function groundsOf({width, height, grey}: Raster): Grounds {
  const columns = Math.max(1, Math.ceil(width / square))
  const rows = Math.max(1, Math.ceil(height / square))
  const shades = new Float64Array(columns * rows)
  const histogram = new Uint32Array(256)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      histogram.fill(0)
      let count = 0
      for (let y = row * square; y < Math.min(height, (row + 1) * square); y++) {
        for (let x = column * square; x < Math.min(width, (column + 1) * square); x++) {
          histogram[grey[y * width + x]!]!++
          count++
        }
      }
      let seen = 0
      let shade = 0
      while (shade < 255 && (seen += histogram[shade]!) < count * groundShare) shade++
      shades[row * columns + column] = Math.max(darkestGround, shade)
    }
  }
  return {columns, rows, shades}
}

/** Between the middles of squares the ground is interpolated, so that their edges are not seen. */
function divided({width, height, grey}: Raster, {columns, rows, shades}: Grounds): Raster {
  const even = new Uint8Array(grey.length)
  for (let y = 0; y < height; y++) {
    const down = Math.min(rows - 1, Math.max(0, (y + 0.5) / square - 0.5))
    const upper = Math.floor(down)
    const lower = Math.min(rows - 1, upper + 1)
    for (let x = 0; x < width; x++) {
      const across = Math.min(columns - 1, Math.max(0, (x + 0.5) / square - 0.5))
      const left = Math.floor(across)
      const right = Math.min(columns - 1, left + 1)
      const above = mixed(shades[upper * columns + left]!, shades[upper * columns + right]!, across - left)
      const below = mixed(shades[lower * columns + left]!, shades[lower * columns + right]!, across - left)
      even[y * width + x] = Math.min(255, (grey[y * width + x]! * 255) / mixed(above, below, down - upper))
    }
  }
  return {width, height, grey: even}
}

function mixed(one: number, other: number, share: number): number {
  return one + (other - one) * share
}
