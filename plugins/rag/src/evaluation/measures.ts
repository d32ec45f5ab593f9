/** What is measured: of every query (a mean over the queries that it applies to), or of the whole run. */
export interface Measure {
  readonly name: string
  readonly title: string
  /** Which way is better. */
  readonly better: 'higher' | 'lower'
  /** `share` from 0 to 1, with an interval; `speed` depends on the machine and has none. */
  readonly unit: 'share' | 'ms' | 'per second'
}

export const measures = [
  {name: 'accuracy', title: 'Answered rightly, or rightly refused', better: 'higher', unit: 'share'},
  {name: 'contains_answer', title: 'The answer holds an expected one', better: 'higher', unit: 'share'},
  {name: 'exact_quote', title: 'Citations that are verbatim', better: 'higher', unit: 'share'},
  {name: 'citation_precision', title: 'Citations that point at the evidence', better: 'higher', unit: 'share'},
  {name: 'citation_recall', title: 'Evidence that is cited', better: 'higher', unit: 'share'},
  {name: 'supported', title: 'Sentences of a generated answer that are supported', better: 'higher', unit: 'share'},
  {name: 'refusal_auroc', title: 'Confidence tells answerable from unanswerable', better: 'higher', unit: 'share'},
  {name: 'true_refusals', title: 'Unanswerable questions refused', better: 'higher', unit: 'share'},
  {name: 'false_refusals', title: 'Answerable questions refused', better: 'lower', unit: 'share'},
  {name: 'ndcg@10', title: 'nDCG at 10', better: 'higher', unit: 'share'},
  {name: 'recall@5', title: 'Recall at 5', better: 'higher', unit: 'share'},
  {name: 'recall@10', title: 'Recall at 10', better: 'higher', unit: 'share'},
  {name: 'hit@1', title: 'Something relevant first', better: 'higher', unit: 'share'},
  {name: 'hit@5', title: 'Something relevant among the first 5', better: 'higher', unit: 'share'},
  {name: 'mrr@10', title: 'Reciprocal rank of the first relevant', better: 'higher', unit: 'share'},
  {name: 'map', title: 'Average precision', better: 'higher', unit: 'share'},
  {name: 'p50_ms', title: 'One search, median', better: 'lower', unit: 'ms'},
  {name: 'p95_ms', title: 'One search, 95th percentile', better: 'lower', unit: 'ms'},
  {name: 'answer_p50_ms', title: 'One answer, median', better: 'lower', unit: 'ms'},
  {name: 'answer_p95_ms', title: 'One answer, 95th percentile', better: 'lower', unit: 'ms'},
  {name: 'docs_per_s', title: 'Documents indexed', better: 'higher', unit: 'per second'},
] as const satisfies readonly Measure[]

export type MeasureName = (typeof measures)[number]['name']

export const measureNames: readonly MeasureName[] = measures.map(({name}) => name)

export function measureOf(name: MeasureName): Measure {
  return measures.find(each => each.name === name)!
}

export function isMeasureName(name: string): name is MeasureName {
  return measureNames.includes(name as MeasureName)
}
