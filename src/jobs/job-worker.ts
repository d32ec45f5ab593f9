import type {Kysely} from 'kysely'
import type {OperationEvent} from '../operation/context.ts'
import {CancelledError, ConflictError, DeniedError, ExitCode, FailureError} from '../operation/errors.ts'
import {invoke} from '../operation/invoke.ts'
import type {Operation} from '../operation/operation.ts'
import type {Runtime} from '../runtime.ts'
import {keyStands} from '../keys/key-standing.ts'
import {jsonText} from '../operation/json-text.ts'
import {problemOf} from '../server/problem.ts'
import type {ClaimedJob, JobEnd, JobQueue} from './job-queue.ts'
import {principalOf} from './kept-rights.ts'
import type {JobDatabase} from './tables.ts'

export interface JobWorkerOptions {
  readonly queue: JobQueue
  readonly runtime: Pick<Runtime, 'context' | 'registry' | 'log' | 'random' | 'store' | 'clock'>
  readonly operations: ReadonlyMap<string, Operation>
  /** How many jobs run at once. */
  readonly concurrency?: number
  /** How long a worker is believed without a sign of life, in milliseconds. */
  readonly lease?: number
  /** Between two looks at the queue, in milliseconds. */
  readonly interval?: number
}

/** The servers that had the job ended one after the other, perhaps because of it. */
export class JobLostError extends FailureError {
  override readonly code = 'job_lost'
}

/** The server stopped in the middle of a job that must not be done twice, after something was done. */
export class JobInterruptedError extends ConflictError {
  override readonly code = 'job_interrupted'
}

const defaults = {concurrency: 2, lease: 15_000, interval: 500}
/** A job that was taken so often has ended its server each time. */
const mostAttempts = 3
/** How often what a job says is written down, in milliseconds. */
const reportMs = 500
const forgetEvery = 1_000

/** Runs the jobs of a database, a few at once, until it is stopped. */
export class JobWorker {
  readonly #options: Required<JobWorkerOptions>
  readonly #id: string
  readonly #stop = new AbortController()
  readonly #running = new Set<Promise<void>>()
  #loop: Promise<void> = Promise.resolve()
  #wake: () => void = () => {}
  #looks = 0

  constructor(options: JobWorkerOptions) {
    this.#options = {...defaults, ...options}
    this.#id = options.runtime.random.id()
  }

  start(): void {
    this.#loop = this.#work()
  }

  /** Looks at the queue now. */
  wake(): void {
    this.#wake()
  }

  /** Takes no more jobs, and gives those that run back to other workers. */
  async stop(): Promise<void> {
    this.#stop.abort()
    this.#wake()
    await this.#loop
    await Promise.all(this.#running)
  }

  async #work(): Promise<void> {
    const {concurrency, runtime} = this.#options
    while (!this.#stop.signal.aborted) {
      try {
        if (this.#running.size < concurrency && (await this.#take())) continue
        this.#looks += 1
        if (this.#looks % forgetEvery === 1) await this.#options.queue.forgetOld()
      } catch (error) {
        runtime.log.warn('The job queue could not be read', {reason: String(error)})
      }
      await this.#pause()
    }
  }

  async #take(): Promise<boolean> {
    const {queue, lease, runtime} = this.#options
    const job = await queue.claim(this.#id, lease)
    if (job === undefined) return false
    const running = this.#run(job).catch(error => {
      // Nothing was told of the job's end: the lease runs out, and it is taken again.
      runtime.log.error('A job could not be ended', {job: job.row.id, reason: String(error)})
    })
    this.#running.add(running)
    void running.finally(() => {
      this.#running.delete(running)
      this.#wake()
    })
    return true
  }

  async #pause(): Promise<void> {
    if (this.#stop.signal.aborted) return
    const {promise, resolve} = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, this.#options.interval)
    this.#wake = resolve
    await promise
    clearTimeout(timer)
  }

  async #run(job: ClaimedJob): Promise<void> {
    const {queue, lease} = this.#options
    const ended = new AbortController()
    const cancelled = new AbortController()
    const lost = new AbortController()
    const renewal = setInterval(() => {
      queue.renew(job, lease).then(
        ({held, cancel}) => {
          if (!held) lost.abort()
          if (cancel) cancelled.abort()
        },
        () => {},
      )
    }, lease / 5)
    const report = new JobReport(events => queue.report(job, events))
    try {
      const signal = AbortSignal.any([cancelled.signal, lost.signal, this.#stop.signal, ended.signal])
      const end = await this.#outcome(job, signal, report)
      await report.close()
      if (lost.signal.aborted) return
      const stopped = this.#stop.signal.aborted && !cancelled.signal.aborted && end.status === 'cancelled'
      if (stopped) await queue.giveBack(job)
      else await queue.finish(job, end)
    } finally {
      clearInterval(renewal)
      ended.abort()
    }
  }

  /** Whoever asked may have lost the right since. @throws DeniedError */
  async #assertRights({principal, rights}: ClaimedJob['row']): Promise<void> {
    if (rights.kind !== 'key' || (await keyStands(this.#options.runtime, principal.replace(/^key:/, '')))) return
    throw new DeniedError('The key that asked for this job was revoked or has expired', {
      hint: 'ask again with a key that works',
    })
  }

  async #outcome(job: ClaimedJob, signal: AbortSignal, report: JobReport): Promise<JobEnd> {
    const {runtime, queue, operations} = this.#options
    const {row} = job
    try {
      const operation = operations.get(row.operation)
      if (row.cancel_requested) throw new CancelledError()
      if (operation === undefined) {
        throw new FailureError(`This server does not know ${row.operation}`, {
          hint: 'install its plugin on every server',
        })
      }
      await this.#assertRights(row)
      if (row.attempts > mostAttempts) {
        throw new JobLostError(`The job was begun ${mostAttempts} times, and each time its server ended`)
      }
      if (row.committed && operation.repeatable === false) {
        throw new JobInterruptedError(
          'The server stopped in the middle of this job, after it had changed something; it is not done a second time',
          {hint: 'look what was done, in the audit log too, and ask for what is missing'},
        )
      }
      const context = runtime.context({
        tenant: row.tenant,
        principal: principalOf(row),
        operation: operation.id,
        signal,
        emit: event => report.add(event),
        witness: async database => {
          if (await queue.witness(database as unknown as Kysely<JobDatabase>, job)) return
          throw new ConflictError('Another server has taken this job over')
        },
      })
      const output: unknown = await invoke(operation, row.input as never, context)
      return {status: 'done', output: jsonText(output), exitCode: operation.outcome?.(output) ?? ExitCode.done}
    } catch (error) {
      const {problem, unexpected} = problemOf(error, row.request_id, signal.aborted)
      if (unexpected) {
        runtime.log.error('A job met a bug', {
          job: row.id,
          operation: row.operation,
          stack: error instanceof Error ? error.stack : String(error),
        })
      }
      const cancelled = signal.aborted && problem.code === 'cancelled'
      return {status: cancelled ? 'cancelled' : 'failed', error: {...problem}}
    }
  }
}

/** What a job says, written down in pieces: of progress the last, of text all. */
class JobReport {
  readonly #write: (events: readonly OperationEvent[]) => Promise<void>
  readonly #timer: NodeJS.Timeout
  #pending: OperationEvent[] = []
  #writing: Promise<void> = Promise.resolve()

  constructor(write: (events: readonly OperationEvent[]) => Promise<void>) {
    this.#write = write
    this.#timer = setInterval(() => this.#flush(), reportMs)
  }

  add(event: OperationEvent): void {
    const last = this.#pending.at(-1)
    if (event.type === 'progress' && last?.type === 'progress') this.#pending[this.#pending.length - 1] = event
    else if (event.type === 'delta' && last?.type === 'delta') {
      this.#pending[this.#pending.length - 1] = {type: 'delta', text: last.text + event.text}
    } else this.#pending.push(event)
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#flush()
    await this.#writing
  }

  #flush(): void {
    const events = this.#pending
    this.#pending = []
    // What could not be written down is lost; the job itself goes on.
    this.#writing = this.#writing.then(() => this.#write(events)).catch(() => {})
  }
}
