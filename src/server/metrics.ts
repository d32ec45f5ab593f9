import type {Registry as MetricRegistry} from 'prom-client'

/** What the server counts about itself, in the text format of Prometheus. */
export interface Metrics {
  /** One answer. The route is an operation's id or one of a few other names, so that the label stays bounded. */
  answered(route: string, method: string, status: number, seconds: number): void
  /** One attempt to deliver a webhook: `delivered`, or the kind of failure. */
  attempted(outcome: string): void
  readonly contentType: string
  text(): Promise<string>
}

const methods: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'])

export async function serverMetrics(version: string): Promise<Metrics> {
  const {collectDefaultMetrics, Counter, Gauge, Histogram, Registry} = await import('prom-client')
  const registry: MetricRegistry = new Registry()
  collectDefaultMetrics({register: registry})
  new Gauge({name: 'omni_info', help: 'The program', labelNames: ['version'], registers: [registry]}).set({version}, 1)
  const answers = new Counter({
    name: 'omni_http_requests_total',
    help: 'Answers by operation, method and class of status',
    labelNames: ['route', 'method', 'status'],
    registers: [registry],
  })
  const durations = new Histogram({
    name: 'omni_http_request_duration_seconds',
    help: 'Time from the head of a request to the head of its answer',
    labelNames: ['route'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  })
  const attempts = new Counter({
    name: 'omni_webhook_attempts_total',
    help: 'Attempts to deliver webhooks by what came of them',
    labelNames: ['outcome'],
    registers: [registry],
  })
  return {
    attempted: outcome => attempts.inc({outcome}),
    answered(route, method, status, seconds) {
      const known = methods.has(method) ? method : 'other'
      answers.inc({route, method: known, status: `${Math.floor(status / 100)}xx`})
      durations.observe({route}, seconds)
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  }
}
