import {existsSync, openAsBlob, renameSync, writeFileSync} from 'node:fs'
import {Duplex} from 'node:stream'
import {PGlite, type PGliteOptions} from '@electric-sql/pglite'
import {Lock} from '../store/lock.ts'

/**
 * A PGlite in memory. The first of a run of the tests makes its cluster and leaves a copy in the file named by
 * OMNI_TEST_PGLITE_CLUSTER, with which those after it begin.
 */
export async function startPglite(options: PGliteOptions = {}): Promise<PGlite> {
  const file = process.env.OMNI_TEST_PGLITE_CLUSTER
  if (file !== undefined && existsSync(file)) return PGlite.create({...options, loadDataDir: await openAsBlob(file)})
  const database = await PGlite.create(options)
  if (file !== undefined) {
    const dump = await database.dumpDataDir('none')
    const whole = `${file}.${process.pid}`
    writeFileSync(whole, new Uint8Array(await dump.arrayBuffer()))
    renameSync(whole, file)
  }
  return database
}

/**
 * A socket whose other end is a PGlite in this process, so that the real `pg` client, and with it the store's own
 * PostgreSQL engine, is what the tests run. PGlite is one session: the pool must hold one connection.
 *
 * Messages of the protocol begin with a type byte and a length, save the first, which has no type
 * (https://www.postgresql.org/docs/15/protocol-message-formats.html).
 */
export class PgliteSocket extends Duplex {
  readonly #database: PGlite
  readonly #session: Lock
  #release: (() => void) | undefined
  #pending: Buffer = Buffer.alloc(0)
  #started = false

  constructor(database: PGlite) {
    super()
    this.#database = database
    this.#session = sessions.get(database) ?? new Lock()
    sessions.set(database, this.#session)
  }

  /** What `pg` calls on a socket. */
  connect(): this {
    queueMicrotask(() => this.emit('connect'))
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#pending = Buffer.concat([this.#pending, chunk])
    void this.#answerAll(done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.push(null)
    done()
  }

  async #answerAll(done: (error?: Error | null) => void): Promise<void> {
    try {
      for (let message = this.#take(); message !== undefined; message = this.#take()) await this.#answer(message)
      done()
    } catch (error) {
      done(error as Error)
    }
  }

  /** The next whole message, if it has arrived. */
  #take(): Buffer | undefined {
    const header = this.#started ? 1 : 0
    if (this.#pending.length < header + 4) return undefined
    const length = header + this.#pending.readInt32BE(header)
    if (this.#pending.length < length) return undefined
    const message = this.#pending.subarray(0, length)
    this.#pending = this.#pending.subarray(length)
    return message
  }

  async #answer(message: Buffer): Promise<void> {
    if (!this.#started) {
      this.#started = true
      this.push(greeting)
      return
    }
    // Terminate: the session of PGlite goes on for the next connection.
    if (message[0] === 'X'.charCodeAt(0)) return
    this.#release ??= await this.#session.acquire()
    const answer = await this.#database.execProtocolRaw(message)
    if (endsRequest(message)) {
      this.#release()
      this.#release = undefined
    }
    if (answer.length > 0) this.push(Buffer.from(answer))
  }
}

/** Sockets of one PGlite share its session: the messages of one request must not come between those of another. */
const sessions = new WeakMap<PGlite, Lock>()

/** A request is a simple query, or all messages up to Sync. */
function endsRequest(message: Buffer): boolean {
  return message[0] === 'Q'.charCodeAt(0) || message[0] === 'S'.charCodeAt(0)
}

/** AuthenticationOk and ReadyForQuery in an idle session. */
const greeting = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49])
