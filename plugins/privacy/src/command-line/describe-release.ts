import type {Guarantee} from '../differential-privacy/accountant.ts'
import type {NoiseDescription, Release} from '../differential-privacy/release.ts'

export interface DescribedRelease extends Release {
  readonly budget: string
  /** Absent for a dry run. */
  readonly spent?: Guarantee
}

/** An answer for a person: the values alone, and what they have to know about them. */
export function describeRelease({values, noise, budget, spent}: DescribedRelease): {
  readonly answer: string
  readonly remarks: string
} {
  const lines = values.map(({partition, value}) => (partition === undefined ? value : `${partition}\t${value}`))
  const cost =
    spent === undefined
      ? `Nothing was debited from ${budget}`
      : `Spent of ${budget} so far: ε ${short(spent.epsilon)}${spent.delta > 0 ? `, δ ${short(spent.delta)}` : ''}`
  return {
    answer: lines.map(line => `${line}\n`).join(''),
    remarks: `${[describeNoise(noise), cost].join('\n')}\n`,
  }
}

function describeNoise({distribution, scale, within95, threshold}: NoiseDescription): string {
  const parts = [
    distribution,
    ...(scale === undefined ? [] : [`scale ${short(scale)}`]),
    ...(within95 === undefined ? [] : [`within ± ${short(within95)} in 95 %`]),
    ...(threshold === undefined ? [] : [`counts below ${threshold} are not shown`]),
  ]
  return `Noise: ${parts.join(', ')}`
}

function short(value: number): string {
  const rounded = Number(value.toPrecision(4))
  return rounded !== 0 && Math.abs(rounded) < 0.001 ? rounded.toExponential() : rounded.toString()
}
