export interface LoessOptions {
  /** How many points a neighbourhood has; odd. */
  readonly window: number
  /** 0 for weighted means, 1 for weighted lines. */
  readonly degree: 0 | 1
  /** Every how many points it is computed; between them lie straight lines. */
  readonly jump: number
}

/**
 * Locally weighted regression at one position of equally spaced values (Cleveland, JASA 74, 1979): tricube weights by
 * distance, times `weights`, over the values from `left` to `right`. Positions count from 0 and may lie outside.
 * Undefined where every value in reach weighs nothing.
 */
export function loessAt(
  values: ArrayLike<number>,
  weights: ArrayLike<number> | undefined,
  position: number,
  {left, right, window, degree}: {left: number; right: number} & Pick<LoessOptions, 'window' | 'degree'>,
): number | undefined {
  const length = values.length
  const beyond = window > length ? Math.floor((window - length) / 2) : 0
  const reach = Math.max(position - left, right - position) + beyond
  const shares = new Float64Array(right - left + 1)
  let total = 0
  for (let at = left; at <= right; at++) {
    const distance = Math.abs(at - position)
    if (distance > 0.999 * reach) continue
    const near = distance <= 0.001 * reach ? 1 : (1 - (distance / reach) ** 3) ** 3
    const share = near * (weights === undefined ? 1 : weights[at]!)
    shares[at - left] = share
    total += share
  }
  if (total <= 0) return undefined
  let [centre, spread] = [0, 0]
  for (let at = left; at <= right; at++) centre += (shares[at - left]! / total) * at
  for (let at = left; at <= right; at++) spread += (shares[at - left]! / total) * (at - centre) ** 2
  // A line through points that lie together could be any line.
  const tilted = reach > 0 && degree === 1 && Math.sqrt(spread) > 0.001 * (length - 1)
  const tilt = tilted ? (position - centre) / spread : 0
  let smoothed = 0
  for (let at = left; at <= right; at++) {
    smoothed += (shares[at - left]! / total) * (tilt * (at - centre) + 1) * values[at]!
  }
  return smoothed
}

/** Smooths equally spaced values; where nothing in reach has weight, a value stays as it is. */
export function loess(
  values: ArrayLike<number>,
  weights: ArrayLike<number> | undefined,
  {window, degree, jump}: LoessOptions,
): Float64Array {
  const length = values.length
  const smoothed = Float64Array.from(values)
  if (length < 2) return smoothed
  const step = Math.min(jump, length - 1)
  const half = Math.floor((window + 1) / 2)
  const at = (position: number) => {
    const left = window >= length ? 0 : Math.min(Math.max(0, position - half + 1), length - window)
    const right = window >= length ? length - 1 : left + window - 1
    return loessAt(values, weights, position, {left, right, window, degree}) ?? values[position]!
  }
  let previous = 0
  smoothed[0] = at(0)
  for (let position = step; position < length; position += step) {
    smoothed[position] = at(position)
    drawLine(smoothed, previous, position)
    previous = position
  }
  if (previous < length - 1) {
    smoothed[length - 1] = at(length - 1)
    drawLine(smoothed, previous, length - 1)
  }
  return smoothed
}

function drawLine(values: Float64Array, from: number, to: number): void {
  const slope = (values[to]! - values[from]!) / (to - from)
  for (let at = from + 1; at < to; at++) values[at] = values[from]! + slope * (at - from)
}
