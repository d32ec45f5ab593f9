import {seededRandom} from '../../plugins/rag/src/seeded-random.ts'
import {unitVector} from '../../plugins/rag/src/stores/unit-vector.ts'

/** Synthetic text and vectors for measuring speed: the same seed gives the same, wherever one starts. */

const syllables =
  'ba con de ex fi gra ho in ju kel lo mi nor op pre qua re sta ter un ver wi ing ment tion er al ous'.split(' ')
const VOCABULARY = 60_000

function makeVocabulary(): readonly string[] {
  const random = seededRandom(42)
  return Array.from({length: VOCABULARY}, (_, rank) => {
    const length = rank < 200 ? 1 + Math.floor(random() * 2) : 2 + Math.floor(random() * 3)
    return Array.from({length}, () => syllables[Math.floor(random() * syllables.length)]!).join('')
  })
}

let vocabulary: readonly string[] | undefined

/** Words whose frequency is about the inverse of their rank (Zipf's law). */
export function words(count: number, random: () => number): string {
  vocabulary ??= makeVocabulary()
  const known = vocabulary
  return Array.from({length: count}, () => known[Math.floor(known.length ** random()) - 1]!).join(' ')
}

/** Box and Muller (1958). */
function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/**
 * `clustered`: around 400 centres in 48 directions, with noise in all, as embeddings of one subject lie; `even`:
 * Gaussian in every direction, the hardest there is for an index.
 */
export type Structure = 'clustered' | 'even'

/** Makes vectors of unit length. */
export function vectorSource(dimension: number, structure: Structure): (random: () => number) => Float32Array {
  if (structure === 'even') return random => unitVector(Float32Array.from({length: dimension}, () => gaussian(random)))!
  const fixed = seededRandom(43)
  const latent = Math.min(48, dimension)
  const directions = Array.from({length: latent}, () => Float32Array.from({length: dimension}, () => gaussian(fixed)))
  const centres = Array.from({length: 400}, () => Float32Array.from({length: latent}, () => gaussian(fixed)))
  return random => {
    const centre = centres[Math.floor(random() * centres.length)]!
    const made = new Float32Array(dimension)
    for (let axis = 0; axis < dimension; axis++) made[axis] = 3 * (random() - 0.5)
    for (const [at, direction] of directions.entries()) {
      const weight = centre[at]! + 0.7 * gaussian(random)
      for (let axis = 0; axis < dimension; axis++) made[axis]! += weight * direction[axis]!
    }
    return unitVector(made)!
  }
}
