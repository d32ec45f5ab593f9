import type {AppRequest} from './entrance.ts'
import type {Identity} from './identity.ts'

/**
 * One JSON line per request. Its fields come from closed sets or are checked against a pattern, and none is what the
 * sender wrote freely: no path, no query, no header. So nothing in it has to be redacted, which would cost more than
 * all the rest of a request. Lines are written together, many times a second.
 */
export class AccessLog {
  readonly #write: (text: string) => void
  readonly #now: () => Date
  #text = ''
  #second = 0
  #secondText = ''
  /** What a line says of who asked, as long as the identity is the same object. */
  readonly #names = new WeakMap<Identity, string>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: {readonly write: (text: string) => void; readonly now: () => Date}) {
    this.#write = options.write
    this.#now = options.now
  }

  note(request: AppRequest, status: number, milliseconds: number): void {
    const {requestId, traceId} = request.get('trace')
    const identity = request.get('identity')
    const who = identity
      ? `,"principal":${this.#nameOf(identity)},"tenant":"${request.get('tenant') ?? identity.tenant}"`
      : ''
    // Written out, because JSON.stringify would take longer over it than all else here.
    this.#text +=
      `{"time":"${this.#time(this.#now().getTime())}","level":"info","message":"request","request_id":"${requestId}",` +
      `"trace_id":"${traceId}","method":"${request.req.method}","route":"${request.get('route') ?? 'none'}",` +
      `"status":${status},"ms":${Math.round(milliseconds * 100) / 100}${who}}\n`
    if (this.#text.length > mostWaiting) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), flushMs)
  }

  /** Writes what waits. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#text === '') return
    this.#write(this.#text)
    this.#text = ''
  }

  /** ISO 8601; a second's text is made once. */
  #time(milliseconds: number): string {
    const within = milliseconds % 1000
    if (milliseconds - within !== this.#second) {
      this.#second = milliseconds - within
      this.#secondText = new Date(this.#second).toISOString().slice(0, -4)
    }
    return `${this.#secondText}${String(within).padStart(3, '0')}Z`
  }

  /** Only a person's id, which the identity provider chose, may need escaping. */
  #nameOf(identity: Identity): string {
    const known = this.#names.get(identity) ?? JSON.stringify(identity.principal.id)
    this.#names.set(identity, known)
    return known
  }
}

const flushMs = 100
/** As many characters as wait at most. */
const mostWaiting = 64 * 1024
