import {createServer, type IncomingHttpHeaders, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {Webhook} from 'standardwebhooks'
import {onTestFinished} from 'vitest'

export interface ReceivedWebhook {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** The webhook-id. */
  readonly id: string
  /** Whether anything was answered. */
  answered: boolean
}

/** What a receiver answers with; undefined: nothing at all. */
export interface ReceiverAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export type Answerer = (received: ReceivedWebhook, count: number) => ReceiverAnswer | undefined

/** A server that webhooks are sent to. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = []
  /** May be set while it runs. */
  answer: Answerer
  readonly #waiting = new Set<() => void>()
  #url = ''
  #server: Server | undefined

  private constructor(answer: Answerer) {
    this.answer = answer
  }

  static async start(answer: Answerer = () => ({status: 204})): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(answer)
    const server = createServer((request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', (piece: string) => (body += piece))
      request.on('end', () => {
        const {headers, url = ''} = request
        receiver.#take({path: url, headers, body, id: String(headers['webhook-id']), answered: false}, response)
      })
    })
    await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    receiver.#server = server
    receiver.#url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return receiver
  }

  get url(): string {
    return `${this.#url}/hook`
  }

  /** Closes connections that wait for another request, as servers do after a while. */
  closeIdleConnections(): void {
    this.#server?.closeIdleConnections()
  }

  /** The ids of what came, in order. */
  get ids(): string[] {
    return this.received.map(each => each.id)
  }

  /** Waits until something holds of what came. */
  async until(holds: (received: readonly ReceivedWebhook[]) => boolean): Promise<void> {
    while (!holds(this.received)) await new Promise<void>(woken => this.#waiting.add(woken))
  }

  #take(webhook: ReceivedWebhook, response: ServerResponse): void {
    this.received.push(webhook)
    const answer = this.answer(webhook, this.received.length)
    webhook.answered = answer !== undefined
    if (answer) response.writeHead(answer.status, answer.headers).end(answer.body)
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }
}

/** What a receiver reads that verifies with the reference implementation; throws where that refuses. */
export function verified(secret: string, {headers, body}: ReceivedWebhook): unknown {
  return new Webhook(secret).verify(body, headers as Record<string, string>)
}
