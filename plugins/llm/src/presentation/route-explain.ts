import {type Present, printable} from '@omni-ops/core/cli'
import type {routeExplain} from '../operations/route-explain.ts'

/** The pick, then each candidate with what speaks against it. */
export const present: Present<typeof routeExplain> = (output, terminal) => {
  if (!terminal.stdout.isTerminal) return undefined
  const how = output.group === null ? 'asked by itself' : `group ${output.group}, by ${output.strategy}`
  const candidates = output.candidates.map(each => {
    const place = each.place === null ? '—' : `${each.place}.`
    const cost = each.worst_case_usd === null ? 'unpriced' : `at most $${each.worst_case_usd}`
    const region = each.region === null ? '' : `, ${each.region}`
    const head = `  ${place} ${each.deployment}  ${each.provider}/${each.model}${region}  ${cost}`
    return [head, ...each.excluded.map(({by, why}) => `       not asked (${by}): ${why}`)].join('\n')
  })
  const chains = [
    ['then', output.fallbacks],
    ['where the prompt is too long', output.context_fallbacks],
    ['where a filter refuses', output.content_fallbacks],
  ] as const
  const attempts = output.attempts.map(
    (each, at) =>
      `  ${at + 1}. ${each.deployment}  ${each.outcome}${each.status === null ? '' : ` (HTTP ${each.status})`}  ${each.duration_ms} ms`,
  )
  return printable(
    [
      `${output.target}: ${how}, about ${output.input_tokens} tokens of prompt`,
      output.pick === null ? 'Nobody can be asked.' : `Asked first: ${output.pick}`,
      '',
      ...candidates,
      ...chains.filter(([, names]) => names.length > 0).map(([when, names]) => `  ${when}: ${names.join(', ')}`),
      ...(attempts.length > 0 ? ['', 'Attempts:', ...attempts] : []),
    ].join('\n'),
  )
}
