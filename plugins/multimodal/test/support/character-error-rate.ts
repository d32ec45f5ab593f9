/**
 * The share of letters that have to be put in, taken out or changed to make what was read into what stands there
 * (Levenshtein's distance over the length of the truth). White space counts as one space each, wherever it is.
 */
export function characterErrorRate(read: string, truth: string): number {
  const [one, other] = [lettersOf(read), lettersOf(truth)]
  let previous = Array.from({length: other.length + 1}, (_, index) => index)
  for (const [row, letter] of one.entries()) {
    const current = [row + 1]
    for (const [column, expected] of other.entries()) {
      current.push(
        Math.min(previous[column + 1]! + 1, current[column]! + 1, previous[column]! + (letter === expected ? 0 : 1)),
      )
    }
    previous = current
  }
  return previous[other.length]! / other.length
}

function lettersOf(text: string): readonly string[] {
  return [...text.normalize('NFC').replaceAll(/\s+/g, ' ').trim()]
}
