/** A picture in shades of grey, a byte for each pixel, row by row: 0 is black. */
export interface Raster {
  readonly width: number
  readonly height: number
  readonly grey: Uint8Array
}

/** Dark pixels that touch each other, such as a letter. Edges are inclusive. */
export interface Blob {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
  /** Pixels. */
  readonly area: number
}

/**
 * The shade that parts ink from paper best: what is darker is ink (N. Otsu, "A threshold selection method from
 * gray-level histograms", IEEE Trans. SMC 9 (1979), 62–66).
 */
export function inkThreshold({grey}: Raster): number {
  const histogram = new Float64Array(256)
  for (const shade of grey) histogram[shade]!++
  let sum = 0
  for (let shade = 0; shade < 256; shade++) sum += shade * histogram[shade]!
  let below = 0
  let sumBelow = 0
  let best = 0
  let threshold = 128
  for (let shade = 0; shade < 256; shade++) {
    below += histogram[shade]!
    if (below === 0) continue
    const above = grey.length - below
    if (above === 0) break
    sumBelow += shade * histogram[shade]!
    const distance = sumBelow / below - (sum - sumBelow) / above
    const between = below * above * distance * distance
    if (between <= best) continue
    best = between
    threshold = shade + 1
  }
  return threshold
}

/**
 * What touches, diagonally too: runs of ink in a row, joined with those of the row above that they meet.
 *
 * @param threshold Darker shades are ink.
 */
export function blobsOf({width, height, grey}: Raster, threshold: number): readonly Blob[] {
  const runs: Run[] = []
  let above = 0
  for (let y = 0; y < height; y++) {
    const begin = runs.length
    const row = y * width
    for (let x = 0; x < width; x++) {
      if (grey[row + x]! >= threshold) continue
      const left = x
      while (x + 1 < width && grey[row + x + 1]! < threshold) x++
      runs.push({left, right: x, y, parent: runs.length})
    }
    joinRows(runs, above, begin)
    above = begin
  }
  return gathered(runs)
}

interface Run {
  readonly left: number
  readonly right: number
  readonly y: number
  /** Of a forest of disjoint sets: the run itself, or another of its blob. */
  parent: number
}

/** Joins the runs from `begin` on with those of the row above, which are between `above` and `begin`. */
function joinRows(runs: readonly Run[], above: number, begin: number): void {
  let upper = above
  for (let lower = begin; lower < runs.length; lower++) {
    const {left, right} = runs[lower]!
    while (upper < begin && runs[upper]!.right < left - 1) upper++
    for (let each = upper; each < begin && runs[each]!.left <= right + 1; each++) join(runs, each, lower)
  }
}

function join(runs: readonly Run[], one: number, other: number): void {
  const [first, second] = [rootOf(runs, one), rootOf(runs, other)]
  if (first < second) runs[second]!.parent = first
  else runs[first]!.parent = second
}

function rootOf(runs: readonly Run[], run: number): number {
  let root = run
  while (runs[root]!.parent !== root) root = runs[root]!.parent
  // The next search is shorter.
  for (let each = run; each !== root;) {
    const next = runs[each]!.parent
    runs[each]!.parent = root
    each = next
  }
  return root
}

function gathered(runs: readonly Run[]): readonly Blob[] {
  const blobs = new Map<number, {left: number; top: number; right: number; bottom: number; area: number}>()
  for (const [index, {left, right, y}] of runs.entries()) {
    const root = rootOf(runs, index)
    const blob = blobs.get(root)
    if (blob === undefined) {
      blobs.set(root, {left, top: y, right, bottom: y, area: right - left + 1})
      continue
    }
    blob.left = Math.min(blob.left, left)
    blob.right = Math.max(blob.right, right)
    blob.bottom = y
    blob.area += right - left + 1
  }
  return [...blobs.values()]
}
