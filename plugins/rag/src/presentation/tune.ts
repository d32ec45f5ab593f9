import type {Present} from '@omni-ops/core/cli'
import type {tune} from '../operations/tune.ts'

/** Before and after for a person. Elsewhere than on a terminal: rows. */
export const present: Present<typeof tune> = (output, terminal) => {
  if (!terminal.stdout.isTerminal) return undefined
  const {queries, before, after, difference, interval, p, weights, better, stored, collection} = output
  const between = interval ? `, 95 % interval ${signed(interval.low)} to ${signed(interval.high)}` : ''
  const named = Object.entries(weights)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
  const outcome = !better
    ? 'No gain is shown on queries that had no part in the choice: nothing was changed.'
    : stored
      ? `Stored for "${collection}": ${named}`
      : `Would be stored for "${collection}": ${named}`
  return [
    `nDCG@10 over ${queries} queries, 5-fold cross-validation`,
    `  before  ${before.toFixed(4)}`,
    `  after   ${after.toFixed(4)}  (${signed(difference)}${between}, p ${p.toFixed(4)})`,
    outcome,
  ].join('\n')
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`
}
