import type {Context} from '@omni-ops/core/operation'
import {RerankerNotConfiguredError} from './errors.ts'
import {type Reranker, type RerankerName, unranked} from './reranker.ts'

/**
 * The reranker of a call, or the one of the setting `rag.reranker`; undefined for `linear`, which a search has already
 * done.
 * @throws RerankerNotConfiguredError
 */
export async function rerankerFrom(
  name: RerankerName | undefined,
  {settings, llm}: Pick<Context, 'settings' | 'llm'>,
): Promise<Reranker | undefined> {
  switch (name ?? (settings.get('rag.reranker') as RerankerName)) {
    case 'linear':
      return undefined
    case 'none':
      return unranked
    case 'cohere': {
      const apiKey = settings.get('llm.cohere_api_key') as string | undefined
      if (apiKey === undefined) {
        throw new RerankerNotConfiguredError('Cohere is chosen to rerank, but it has no key', {
          hint: 'set COHERE_API_KEY, or --rerank linear',
        })
      }
      const {cohereReranker} = await import('./cohere-reranker.ts')
      return cohereReranker({
        apiKey,
        model: settings.get('rag.cohere_rerank_model') as string,
        baseUrl: settings.get('llm.cohere_base_url') as string | undefined,
      })
    }
    case 'llm': {
      const model = await llm()
      if (!model) {
        throw new RerankerNotConfiguredError('A language model is chosen to rerank, but none is configured', {
          hint: 'set RAG_LLM_BACKEND and its key, or --rerank linear',
        })
      }
      const {llmReranker} = await import('./llm-reranker.ts')
      return llmReranker(model)
    }
  }
}
