import type {LanguageModel} from '@omni-ops/core/llm'
import {fencedPassages, visible} from '../answers/prompt.ts'
import type {Hit} from '../index/passage.ts'
import {RerankFailedError} from './errors.ts'
import type {Reranker} from './reranker.ts'

/** As in the paper: 20 passages are ordered at once, and 10 of them again with the next 10. */
const WINDOW = 20
const STEP = 10
const POOL = 40
const MAX_TOKENS = 2_000

/**
 * Listwise reranking by a language model in windows that slide from the end of the list to its beginning, so that the
 * best passages rise through all of them: Sun et al., Is ChatGPT Good at Search? Investigating Large Language Models as
 * Re-Ranking Agents (EMNLP 2023), RankGPT.
 */
export function llmReranker(model: LanguageModel): Reranker {
  return {
    name: 'llm',
    pool: POOL,
    async rerank(query, hits, signal) {
      const ordered = [...hits]
      for (let end = ordered.length; end > 0; end -= STEP) {
        const start = Math.max(0, end - WINDOW)
        const window = ordered.slice(start, end)
        if (window.length > 1)
          ordered.splice(start, window.length, ...(await orderWindow(model, query, window, signal)))
        if (start === 0) break
      }
      return ordered.map((hit, rank) => ({...hit, score: 1 - rank / ordered.length}))
    },
  }
}

async function orderWindow(
  model: LanguageModel,
  query: string,
  hits: readonly Hit[],
  signal: AbortSignal,
): Promise<Hit[]> {
  const {passages, boundary, rule} = fencedPassages(hits, [query])
  const system = [
    'You order passages by how well each answers a query.',
    '',
    rule,
    '',
    `The query stands after the last line with the boundary ${boundary}.`,
    'Write the numbers of all passages, best first, as [2] > [1] > [3], and nothing else.',
  ].join('\n')
  let text = ''
  const content = `${passages.join('\n\n')}\n\nQuery: ${visible(query)}`
  for await (const event of model.stream({
    system,
    messages: [{role: 'user', content}],
    maxTokens: MAX_TOKENS,
    signal,
  })) {
    if (event.type === 'text') text += event.text
  }
  const named = [...text.matchAll(/\[(\d{1,3})\]/gu)].map(match => Number(match[1]) - 1)
  const order = [...new Set(named)].filter(at => at >= 0 && at < hits.length)
  if (order.length === 0) {
    throw new RerankFailedError(`${model.provider} ${model.model} did not write an order of passages`)
  }
  // The paper's rule for what a model leaves out: it stays behind the others, in its order.
  const rest = hits.keys().filter(at => !order.includes(at))
  return [...order, ...rest].map(at => hits[at]!)
}
