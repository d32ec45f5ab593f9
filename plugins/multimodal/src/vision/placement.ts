/** A rectangle in pixels from the upper left corner. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** How a page was turned and scaled before it was read. */
export interface Placement {
  /** Clockwise quarters: 0 to 3. */
  readonly quarters: number
  /** Degrees clockwise, after the quarters. */
  readonly turn: number
  /** After the turns. */
  readonly scale: number
}

/** The size of a page that was turned by quarters. */
export function turnedSize({width, height}: Size, quarters: number): Size {
  return quarters % 2 === 0 ? {width, height} : {width: height, height: width}
}

/**
 * A rectangle of the page as it was read, on the page as it was: the smallest upright one around it, within the page.
 *
 * @param read The size of the picture that was read.
 */
export function placedBack(box: Box, read: Size, page: Size, {quarters, turn, scale}: Placement): Box {
  const turned = turnedSize(page, quarters)
  const radians = (-turn * Math.PI) / 180
  const [cosine, sine] = [Math.cos(radians), Math.sin(radians)]
  const corners = [
    [box.x, box.y],
    [box.x + box.width, box.y],
    [box.x, box.y + box.height],
    [box.x + box.width, box.y + box.height],
  ] as const
  const points = corners.map(([x, y]) => {
    // A turn about the middle: the picture grows, its middle stays its middle.
    const [fromMiddleX, fromMiddleY] = [(x - read.width / 2) / scale, (y - read.height / 2) / scale]
    const unturned = {
      x: fromMiddleX * cosine - fromMiddleY * sine + turned.width / 2,
      y: fromMiddleX * sine + fromMiddleY * cosine + turned.height / 2,
    }
    return unquartered(unturned, page, quarters)
  })
  const xs = points.map(({x}) => within(x, page.width))
  const ys = points.map(({y}) => within(y, page.height))
  const [left, top] = [Math.round(Math.min(...xs)), Math.round(Math.min(...ys))]
  return {x: left, y: top, width: Math.round(Math.max(...xs)) - left, height: Math.round(Math.max(...ys)) - top}
}

function unquartered({x, y}: {readonly x: number; readonly y: number}, page: Size, quarters: number) {
  switch (quarters) {
    case 1:
      return {x: y, y: page.height - x}
    case 2:
      return {x: page.width - x, y: page.height - y}
    case 3:
      return {x: page.width - y, y: x}
    default:
      return {x, y}
  }
}

function within(value: number, most: number): number {
  return Math.min(most, Math.max(0, value))
}
