/** A vector of length 1 in the same direction; undefined for one that has none. Not finite where the vector is not. */
export function unitVector(vector: Float32Array): Float32Array | undefined {
  let square = 0
  for (const value of vector) square += value * value
  if (square === 0) return undefined
  const length = Math.sqrt(square)
  return vector.map(value => value / length)
}
