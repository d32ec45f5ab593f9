import type {Present} from '@omni-ops/core/cli'
import {sideBySide} from '@omni-ops/core/cli/side-by-side'
import type {compare} from '../operations/compare.ts'

/** To a person the whole answers side by side, each with what it took; what failed says why in its place. */
export const present: Present<typeof compare> = ({answers}, terminal) => {
  if (!terminal.stdout.isTerminal) return undefined
  return sideBySide(
    answers.map(({target, text, error, ...each}) => {
      if (error !== null) return {title: target, text: error, foot: ''}
      const foot = [
        `${(each.latency_ms / 1000).toFixed(1)} s`,
        `${each.input_tokens ?? '?'} + ${each.output_tokens ?? '?'} tokens`,
        each.cost_usd === null ? 'unpriced' : `$${each.cost_usd}`,
      ]
      return {title: target, text, foot: foot.join(' · ')}
    }),
    terminal,
  )
}
