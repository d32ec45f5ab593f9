import type {Terminal} from '@omni-ops/core/cli'

interface Counted {
  readonly model: string
  readonly provider: string
  readonly finish_reason: string
  readonly text: string
  readonly tool_calls?: readonly unknown[]
  readonly usage: {
    readonly input_tokens: number | null
    readonly output_tokens: number | null
    readonly estimated: boolean
  }
  readonly cost_usd: string | null
  readonly cache: string
  readonly latency_ms: number
  readonly attempts: readonly unknown[]
}

/** Who answered, in how long and for how much: one dim line below an answer. */
export function answerLine(output: Counted, {colour}: Pick<Terminal, 'colour'>): string {
  const {input_tokens: read, output_tokens: written, estimated} = output.usage
  const parts = [
    `${output.provider}/${output.model}`,
    `${(output.latency_ms / 1000).toFixed(1)} s`,
    `${estimated ? 'about ' : ''}${read ?? '?'} + ${written ?? '?'} tokens`,
    output.cost_usd === null ? 'unpriced' : `$${output.cost_usd}`,
    ...(output.cache === 'hit' ? ['cached'] : []),
    ...(output.attempts.length > 1 ? [`${output.attempts.length} attempts`] : []),
    ...(output.text === '' && output.tool_calls?.length === 0 ? ['empty'] : []),
    ...(output.finish_reason === 'length' ? ['cut off by the limit on tokens'] : []),
    ...(output.finish_reason === 'content-filter' ? ['stopped by a filter'] : []),
  ]
  const line = parts.join(' · ')
  return colour.stdout ? `\u001B[2m${line}\u001B[0m` : line
}
