import type {Ora} from 'ora'
import type {Clock, OperationEvent} from '../operation/context.ts'
import {printable, printableName} from './printable.ts'
import type {Terminal} from './terminal.ts'

/** Shows an operation's events on stderr. `stop` leaves the terminal as it was. */
export interface ProgressDisplay {
  show(event: OperationEvent): void
  stop(): void
}

export interface ProgressOptions {
  readonly terminal: Terminal
  readonly clock: Clock
  /** Progress is left out; notes of level `warn` stay. */
  readonly quiet: boolean
  /** Text as it is generated goes to stdout. */
  readonly streamText: boolean
}

const barWidth = 24
const plainIntervalMs = 5_000

/** On a terminal a spinner with bar, rate and remaining time; elsewhere a plain line every five seconds. */
export function progressDisplay(options: ProgressOptions): ProgressDisplay {
  return options.terminal.stderr.isTerminal ? new LiveProgress(options) : new PlainProgress(options)
}

type Progress = Extract<OperationEvent, {type: 'progress'}>

/** Rate over the whole of one label's run; a new label begins anew. */
class Rate {
  #label = ''
  #began = 0
  #firstDone = 0

  describe(event: Progress, now: number): string {
    if (event.label !== this.#label) {
      this.#label = event.label
      this.#began = now
      this.#firstDone = event.done
    }
    const seconds = (now - this.#began) / 1000
    const rate = seconds > 0.2 ? (event.done - this.#firstDone) / seconds : 0
    const unit = event.unit ?? ''
    const count = event.total === undefined ? `${event.done}` : `${event.done}/${event.total}`
    const parts = [`${count}${unit ? ` ${unit}` : ''}`]
    if (rate > 0) parts.push(`${rate >= 10 ? Math.round(rate) : rate.toFixed(1)}${unit ? ` ${unit}` : ''}/s`)
    if (rate > 0 && event.total !== undefined && event.done < event.total) {
      parts.push(`${duration((event.total - event.done) / rate)} left`)
    }
    return parts.join('  ')
  }
}

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`
}

class LiveProgress implements ProgressDisplay {
  readonly #options: ProgressOptions
  readonly #rate = new Rate()
  #spinner: Ora | undefined
  #starting = false
  #latest: Progress | undefined
  #stopped = false
  #streaming = false

  constructor(options: ProgressOptions) {
    this.#options = options
  }

  show(event: OperationEvent): void {
    const {terminal, quiet, streamText} = this.#options
    if (event.type === 'delta') {
      if (!streamText) return
      // It would draw itself over the text.
      if (!this.#streaming) this.#spinner?.stop()
      this.#streaming = true
      terminal.stdout.write(printable(event.text))
      return
    }
    if (event.type === 'note') {
      if (quiet && event.level === 'info') return
      this.#clear()
      terminal.stderr.write(`${noteLine(event)}\n`)
      return
    }
    if (quiet) return
    // What begins anew comes after what was streamed.
    if (this.#streaming && event.done === 0) {
      this.#streaming = false
      this.#spinner?.start()
    }
    if (this.#streaming) return
    this.#latest = event
    if (this.#spinner) this.#spinner.text = this.#text(event)
    else if (!this.#starting) void this.#start()
  }

  stop(): void {
    this.#stopped = true
    this.#spinner?.stop()
  }

  #clear(): void {
    this.#spinner?.clear()
  }

  async #start(): Promise<void> {
    this.#starting = true
    const {default: ora} = await import('ora')
    this.#starting = false
    if (this.#stopped || this.#streaming || !this.#latest) return
    this.#spinner = ora({
      text: this.#text(this.#latest),
      stream: process.stderr,
      discardStdin: false,
      ...(this.#options.terminal.colour.stderr ? {} : {color: false as const}),
    }).start()
  }

  #text(event: Progress): string {
    const label = printableName(event.label)
    if (event.done === 0 && event.total === undefined) return label
    const bar = event.total ? `${barOf(event.done / event.total)} ` : ''
    return `${label}  ${bar}${this.#rate.describe(event, this.#options.clock.elapsed())}`
  }
}

function barOf(share: number): string {
  const filled = Math.max(0, Math.min(barWidth, Math.round(share * barWidth)))
  return '█'.repeat(filled) + '░'.repeat(barWidth - filled)
}

function noteLine(event: Extract<OperationEvent, {type: 'note'}>): string {
  const message = printable(event.message)
  return event.level === 'warn' ? `Warning: ${message}` : message
}

class PlainProgress implements ProgressDisplay {
  readonly #options: ProgressOptions
  readonly #rate = new Rate()
  #shownAt: number | undefined
  #label = ''

  constructor(options: ProgressOptions) {
    this.#options = options
  }

  show(event: OperationEvent): void {
    const {terminal, quiet, streamText, clock} = this.#options
    if (event.type === 'delta') {
      if (streamText) terminal.stdout.write(printable(event.text))
      return
    }
    if (event.type === 'note') {
      if (!quiet || event.level === 'warn') terminal.stderr.write(`${noteLine(event)}\n`)
      return
    }
    const now = clock.elapsed()
    const described = this.#rate.describe(event, now)
    const due = this.#shownAt === undefined || event.label !== this.#label || now - this.#shownAt >= plainIntervalMs
    if (quiet || !due) return
    this.#shownAt = now
    this.#label = event.label
    terminal.stderr.write(`${printableName(event.label)}  ${described}\n`)
  }

  stop(): void {
    // Nothing of a plain line has to be undone.
  }
}
