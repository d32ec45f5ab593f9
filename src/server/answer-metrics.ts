/** Upper bounds of the buckets of durations, in seconds. */
const bounds = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

const requests = 'omni_http_requests_total'
const durations = 'omni_http_request_duration_seconds'

interface Durations {
  /** Answers by bucket, one more for those that took longer than every bound. */
  readonly buckets: number[]
  sum: number
}

/**
 * Counts of answers and how long they took, as a counter and a histogram of Prometheus. A library would look its labels
 * up anew with every answer, which costs more than most requests take otherwise.
 */
export class AnswerMetrics {
  readonly #answers = new Map<string, Map<string, number>>()
  readonly #durations = new Map<string, Durations>()

  /** One answer. All three must come from closed sets without quotes: each pair is a series of its own. */
  note(route: string, kind: {readonly method: string; readonly status: string}, seconds: number): void {
    const answers = this.#answers.get(route) ?? new Map<string, number>()
    const labels = `method="${kind.method}",status="${kind.status}"`
    this.#answers.set(route, answers.set(labels, (answers.get(labels) ?? 0) + 1))
    const {buckets} = this.#durationsOf(route, seconds)
    const bucket = bounds.findIndex(bound => seconds <= bound)
    buckets[bucket === -1 ? bounds.length : bucket]! += 1
  }

  /** In the text format of Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/ */
  text(): string {
    const lines = [`# HELP ${requests} Answers by operation, method and class of status`, `# TYPE ${requests} counter`]
    for (const [route, answers] of this.#answers) {
      for (const [labels, count] of answers) lines.push(`${requests}{route="${route}",${labels}} ${count}`)
    }
    lines.push(
      '',
      `# HELP ${durations} Time from the head of a request to the head of its answer`,
      `# TYPE ${durations} histogram`,
    )
    for (const [route, {buckets, sum}] of this.#durations) {
      let count = 0
      for (const [index, inBucket] of buckets.entries()) {
        count += inBucket
        lines.push(`${durations}_bucket{le="${bounds[index] ?? '+Inf'}",route="${route}"} ${count}`)
      }
      lines.push(`${durations}_sum{route="${route}"} ${sum}`, `${durations}_count{route="${route}"} ${count}`)
    }
    return `${lines.join('\n')}\n`
  }

  #durationsOf(route: string, seconds: number): Durations {
    let found = this.#durations.get(route)
    if (found === undefined) {
      found = {buckets: Array<number>(bounds.length + 1).fill(0), sum: 0}
      this.#durations.set(route, found)
    }
    found.sum += seconds
    return found
  }
}
