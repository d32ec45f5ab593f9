import type {EvaluationResult, QueryOutcome} from '../../src/evaluation/evaluation-result.ts'

export function outcome(over: Partial<QueryOutcome> & {readonly id: string}): QueryOutcome {
  return {
    question: `question ${over.id}`,
    measures: {},
    found: [],
    expected: [],
    answer: null,
    answerable: null,
    confidence: null,
    search_ms: 1,
    answer_ms: null,
    ...over,
  }
}

/** A result of which each query has one value of nDCG. */
export function resultOf(values: readonly number[], over: Partial<EvaluationResult> = {}): EvaluationResult {
  return {
    format: 'omni-evaluation',
    version: 1,
    made_at: '2026-01-02T03:04:05.678Z',
    set: 'set',
    collection: null,
    answers: null,
    docs_per_s: null,
    outcomes: values.map((value, at) => outcome({id: String(at), measures: {'ndcg@10': value}, search_ms: at + 1})),
    ...over,
  }
}
