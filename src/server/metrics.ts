import {AnswerMetrics} from './answer-metrics.ts'

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
const classes = ['0xx', '1xx', '2xx', '3xx', '4xx', '5xx']

/** What `prom-client` tells of the process, made when somebody first asks, and what the answers were. */
export function serverMetrics(version: string): Metrics {
  const answers = new AnswerMetrics()
  const attempts = new Map<string, number>()
  let ofProcess: Promise<{metrics(): Promise<string>}> | undefined
  return {
    attempted: outcome => attempts.set(outcome, (attempts.get(outcome) ?? 0) + 1),
    answered(route, method, status, seconds) {
      const kind = {
        method: methods.has(method) ? method : 'other',
        status: classes[Math.floor(status / 100)] ?? 'other',
      }
      answers.note(route, kind, seconds)
    },
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    text: async () => {
      ofProcess ??= processMetrics(version)
      return `${await (await ofProcess).metrics()}\n${answers.text()}${webhookText(attempts)}`
    },
  }
}

async function processMetrics(version: string): Promise<{metrics(): Promise<string>}> {
  const {collectDefaultMetrics, Gauge, Registry} = await import('prom-client')
  const registry = new Registry()
  collectDefaultMetrics({register: registry})
  new Gauge({name: 'omni_info', help: 'The program', labelNames: ['version'], registers: [registry]}).set({version}, 1)
  return registry
}

function webhookText(attempts: ReadonlyMap<string, number>): string {
  const name = 'omni_webhook_attempts_total'
  const counts = [...attempts].map(([outcome, count]) => `${name}{outcome="${outcome}"} ${count}\n`)
  return `# HELP ${name} Attempts to deliver webhooks by what came of them\n# TYPE ${name} counter\n${counts.join('')}`
}
