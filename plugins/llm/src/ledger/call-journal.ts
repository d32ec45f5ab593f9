import {randomUUID} from 'node:crypto'
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import {join} from 'node:path'
import type {QuantityRow, RequestRow} from './ledger-entry.ts'
import type {CallRecord} from './ledger-writes.ts'

/** A call on its way into the database. */
export interface JournalledCall {
  readonly tenant: string
  readonly record: CallRecord
}

/** Calls that go on together: what is in the file is in memory too, but for what a killed process has left. */
export interface JournalFile {
  readonly path: string
  readonly calls: readonly JournalledCall[]
}

interface OpenFile extends JournalFile {
  readonly descriptor: number
  readonly calls: JournalledCall[]
  /** A write has failed half-way: what comes next begins on a line of its own. */
  isTorn: boolean
}

/**
 * The journal of the ledger: files of lines beside an SQLite database, where a call is before its caller learns that it
 * has ended. To hand a line to the system takes a tenth of the time of a transaction, and it survives the end of the
 * process as well. A file is begun for each batch of calls and goes when they are rows; that of a process that was killed
 * stays, for whoever comes by.
 */
export class CallJournal {
  readonly directory: string
  /** Begun here, and still there. */
  readonly #own = new Set<string>()
  #open: OpenFile | undefined

  /** @param location of the database */
  constructor(location: string) {
    this.directory = journalOf(location)
  }

  /** Of the calls that `take` gives next. */
  get size(): number {
    return this.#open?.calls.length ?? 0
  }

  /** When it returns, the call survives the end of the process. @throws the errors of the file system; it is not in then */
  append(call: JournalledCall): void {
    const file = (this.#open ??= this.#begin())
    const line = `${file.isTorn ? '\n' : ''}${lineOf(call)}\n`
    file.isTorn = true
    if (writeSync(file.descriptor, line) < Buffer.byteLength(line)) throw new Error('The journal was cut short')
    file.isTorn = false
    file.calls.push(call)
  }

  /** What has been appended since it was asked before; what comes now goes into another file. */
  take(): JournalFile | undefined {
    const file = this.#open
    this.#open = undefined
    if (file) closeSync(file.descriptor)
    return file
  }

  /** Its calls are rows. */
  remove({path}: JournalFile): void {
    rmSync(path, {force: true})
    this.#own.delete(path)
  }

  /** The files of others, whether they have ended or not; what a killed process had not written whole is left out. */
  *others(): Generator<JournalFile> {
    for (const name of namesIn(this.directory)) {
      const path = join(this.directory, name)
      const text = this.#own.has(path) ? undefined : contentOf(path)
      if (text !== undefined) yield {path, calls: callsIn(text)}
    }
  }

  /** Milliseconds since the last call was added; undefined for a file that has gone meanwhile. */
  ageOf({path}: JournalFile, now: Date): number | undefined {
    const about = statSync(path, {throwIfNoEntry: false})
    return about && now.getTime() - about.mtimeMs
  }

  /** After the last call: leaves no empty directory. */
  close(): void {
    try {
      rmdirSync(this.directory)
    } catch {
      // Others have files in it, or there never was one.
    }
  }

  #begin(): OpenFile {
    mkdirSync(this.directory, {recursive: true, mode: 0o700})
    const path = join(this.directory, `${randomUUID()}.jsonl`)
    const descriptor = openSync(path, 'ax', 0o600)
    this.#own.add(path)
    return {path, descriptor, calls: [], isTorn: false}
  }
}

/** The directory of a database's journal, beside its other files. */
export function journalOf(location: string): string {
  return `${location}-calls`
}

/** JSON has no integers as large as those of money. */
type Written = Omit<CallRecord, 'request' | 'quantities'> & {
  readonly request: Omit<RequestRow, 'cost_nano_usd'> & {readonly cost_nano_usd: string | null}
  readonly quantities: readonly (Omit<QuantityRow, 'thousandths'> & {readonly thousandths: string})[]
}

function lineOf({tenant, record}: JournalledCall): string {
  const {request, quantities, ...rest} = record
  const cost = request.cost_nano_usd
  const written: Written = {
    ...rest,
    request: {...request, cost_nano_usd: cost === null ? null : String(cost)},
    quantities: quantities.map(each => ({...each, thousandths: String(each.thousandths)})),
  }
  return JSON.stringify({tenant, record: written})
}

function callIn(line: string): JournalledCall {
  const {tenant, record} = JSON.parse(line) as {readonly tenant: string; readonly record: Written}
  const {request, quantities, ...rest} = record
  const cost = request.cost_nano_usd
  return {
    tenant,
    record: {
      ...rest,
      request: {...request, cost_nano_usd: cost === null ? null : BigInt(cost)},
      quantities: quantities.map(each => ({...each, thousandths: BigInt(each.thousandths)})),
    },
  }
}

function callsIn(text: string): JournalledCall[] {
  return text.split('\n').flatMap(line => {
    try {
      return [callIn(line)]
    } catch {
      return []
    }
  })
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).toSorted()
  } catch (error) {
    return unlessMissing(error) ?? []
  }
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    return unlessMissing(error)
  }
}

function unlessMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
  throw error
}
