import type {AppRequest} from './entrance.ts'

/**
 * One JSON line per request. Its fields come from closed sets or are checked against a pattern, and none is what the
 * sender wrote freely: no path, no query, no header. So nothing in it has to be redacted, which would cost more than
 * all the rest of a request. Lines are written together, many times a second.
 */
export class AccessLog {
  readonly #write: (text: string) => void
  readonly #now: () => Date
  #lines: string[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(options: {readonly write: (text: string) => void; readonly now: () => Date}) {
    this.#write = options.write
    this.#now = options.now
  }

  note(request: AppRequest, status: number, milliseconds: number): void {
    const {requestId, traceId} = request.get('trace')
    const identity = request.get('identity')
    const who = identity
      ? `,"principal":${JSON.stringify(identity.principal.id)},"tenant":"${request.get('tenant') ?? identity.tenant}"`
      : ''
    // Written out, because JSON.stringify would take longer over it than all else here: only a person's id, which the
    // identity provider chose, may need escaping.
    this.#lines.push(
      `{"time":"${this.#now().toISOString()}","level":"info","message":"request","request_id":"${requestId}",` +
        `"trace_id":"${traceId}","method":"${request.req.method}","route":"${request.get('route') ?? 'none'}",` +
        `"status":${status},"ms":${Math.round(milliseconds * 100) / 100}${who}}\n`,
    )
    this.#timer ??= setTimeout(() => this.flush(), flushMs)
  }

  /** Writes what waits. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#lines.length === 0) return
    this.#write(this.#lines.join(''))
    this.#lines = []
  }
}

const flushMs = 100
