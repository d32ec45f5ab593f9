/** The sum of digits times weights; `digits` is at least as long as `weights` and holds decimal digits only. */
export function weightedSum(digits: string, weights: readonly number[]): number {
  let sum = 0
  for (let at = 0; at < weights.length; at++) sum += (digits.charCodeAt(at) - 48) * (weights[at] as number)
  return sum
}
