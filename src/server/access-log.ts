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
  /** Bytes, because a text that grows would keep the strings of every request that it was made of. */
  readonly #waiting = Buffer.allocUnsafeSlow(mostWaiting)
  #length = 0
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
    const line =
      `{"time":"${this.#time(this.#now().getTime())}","level":"info","message":"request","request_id":"${requestId}",` +
      `"trace_id":"${traceId}","method":"${request.req.method}","route":"${request.get('route') ?? 'none'}",` +
      `"status":${status},"ms":${Math.round(milliseconds * 100) / 100}${who}}\n`
    const most = line.length * mostBytesOfUnit
    if (this.#length + most > mostWaiting) this.flush()
    if (most > mostWaiting) {
      this.#write(line)
      return
    }
    this.#length += this.#waiting.write(line, this.#length)
    this.#timer ??= setTimeout(() => this.flush(), flushMs)
  }

  /** Writes what waits. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#length === 0) return
    this.#write(this.#waiting.toString('utf8', 0, this.#length))
    this.#length = 0
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
/** As many bytes as wait at most. */
const mostWaiting = 64 * 1024
/** Of UTF-8, for one unit of UTF-16. */
const mostBytesOfUnit = 3
