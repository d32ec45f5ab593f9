import type {Analyser} from '../analysis/analyser.ts'
import type {Findings} from '../answers/extract-answer.ts'
import {questionTerms} from '../answers/question.ts'
import type {ChunkIndex, SearchOptions} from '../index/chunk-index.ts'
import {LearnedStatistics} from './term-statistics.ts'

/**
 * Searches for a question and learns what an extract needs besides the hits: the frequencies of the question's terms as
 * passages of each language found have them.
 *
 * @throws What `ChunkIndex.search` throws.
 */
export async function findIn(
  index: ChunkIndex,
  analyser: Analyser,
  question: string,
  options: SearchOptions,
): Promise<Findings> {
  const {hits, query} = await index.search(question, options)
  const languages = new Set([...query.languages, ...hits.map(hit => hit.language)])
  await analyser.prepare(languages)
  const statistics = new LearnedStatistics(await index.count())
  statistics.learn(await index.idf(questionTerms(question, languages, analyser)))
  return {hits, languages: query.languages, statistics, inOtherWords: options.vector !== undefined}
}
