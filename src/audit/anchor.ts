import {createHash} from 'node:crypto'
import {appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {FailureError} from '../operation/errors.ts'
import type {ChainHead} from './append.ts'

/** The file that remembers a chain's head is unreadable; what it said is lost. */
export class AuditAnchorError extends FailureError {
  override readonly code = 'audit_anchor'
}

/** The head as it was when a day ended, or when an earlier one took its place. */
export interface DailyAnchor extends ChainHead {
  /** `YYYY-MM-DD`, in UTC. */
  readonly day: string
}

/**
 * The heads of the chains, kept outside the database: one small file per tenant, replaced in one step after each
 * commit, and a line for each day that has ended, in a file that only grows. Whoever cuts entries off the end of a chain,
 * sets the database back, or writes a chain anew, must change these files too; copy the directory to another machine to
 * be safe from somebody who can.
 *
 * A file may be behind the database (a crash after the commit, two processes at once) and never ahead of it.
 */
export class AnchorFiles {
  readonly directory: string

  constructor(directory: string) {
    this.directory = directory
  }

  /** Remembers a head, and the one before for good if its day is over. Blocks for the time of one or two small writes. */
  write(head: ChainHead, now: Date): void {
    mkdirSync(this.directory, {recursive: true, mode: 0o700})
    const {tenant, seq, hash} = head
    const day = now.toISOString().slice(0, 10)
    const before = this.#stored(tenant)
    // A head that goes back is that of a database which was set back: the later one stays as evidence.
    if (before?.day !== undefined && (before.day < day || before.seq >= seq)) this.#keep(before)
    const path = this.#path(tenant)
    const temporary = `${path}.${process.pid}`
    writeFileSync(temporary, `${JSON.stringify({tenant, seq, hash, day})}\n`, {mode: 0o600})
    renameSync(temporary, path)
  }

  /** The heads of the days that have ended, the oldest first. @throws AuditAnchorError if the file is broken */
  days(tenant: string): DailyAnchor[] {
    const path = this.#daysPath(tenant)
    const lines = (readIfPresent(path) ?? '').split('\n').filter(line => line !== '')
    return lines.map(line => {
      const anchor = parse(line)
      if (isHead(anchor) && anchor.tenant === tenant && typeof anchor.day === 'string') return anchor as DailyAnchor
      throw new AuditAnchorError(`The daily audit anchors ${path} are damaged`, {
        hint: 'restore the file from a copy; the chain in the database can be verified without it by moving it away',
      })
    })
  }

  /** The remembered head, or undefined where none was written. @throws AuditAnchorError if the file is broken */
  read(tenant: string): ChainHead | undefined {
    const text = readIfPresent(this.#path(tenant))
    // A power cut may leave a file that was made and not yet filled.
    if (text === undefined || text === '') return undefined
    const head = parse(text)
    if (!isHead(head) || head.tenant !== tenant) {
      throw new AuditAnchorError(`The audit anchor ${this.#path(tenant)} is damaged`, {
        hint: 'restore it from a copy; the chain in the database can be verified without it by moving it away',
      })
    }
    return head
  }

  /** The anchor as it stands; one that is broken is no reason not to write the next. */
  #stored(tenant: string): Anchor | undefined {
    const anchor = parse(readIfPresent(this.#path(tenant)) ?? '')
    return isHead(anchor) && anchor.tenant === tenant ? anchor : undefined
  }

  #keep({tenant, seq, hash, day}: Anchor): void {
    appendFileSync(this.#daysPath(tenant), `${JSON.stringify({tenant, day, seq, hash})}\n`, {mode: 0o600})
  }

  #path(tenant: string): string {
    return `${this.#base(tenant)}.json`
  }

  #daysPath(tenant: string): string {
    return `${this.#base(tenant)}.days.ndjson`
  }

  #base(tenant: string): string {
    // A tenant's name may hold what a file name may not.
    return join(this.directory, createHash('sha256').update(tenant).digest('hex').slice(0, 32))
  }
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A head with the day of its last entry, which files of earlier versions do not have. */
interface Anchor extends ChainHead {
  readonly day?: string
}

function isHead(value: unknown): value is Anchor {
  if (typeof value !== 'object' || value === null) return false
  const {tenant, seq, hash} = value as Partial<ChainHead>
  return typeof tenant === 'string' && Number.isSafeInteger(seq) && typeof hash === 'string'
}
