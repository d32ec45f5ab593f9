import {createHash} from 'node:crypto'
import {mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {FailureError} from '../operation/errors.ts'
import type {ChainHead} from './append.ts'

/** The file that remembers a chain's head is unreadable; what it said is lost. */
export class AuditAnchorError extends FailureError {
  override readonly code = 'audit_anchor'
}

/**
 * The heads of the chains, kept outside the database: one small file per tenant, replaced in one step after each
 * commit. Whoever cuts entries off the end of a chain, or writes it anew, must change this file too; copy the
 * directory to another machine to be safe from somebody who can.
 *
 * A file may be behind the database (a crash after the commit, two processes at once) and never ahead of it.
 */
export class AnchorFiles {
  readonly directory: string

  constructor(directory: string) {
    this.directory = directory
  }

  /** Remembers a head. Blocks for the time of one small write. */
  write(head: ChainHead): void {
    mkdirSync(this.directory, {recursive: true, mode: 0o700})
    const path = this.#path(head.tenant)
    const temporary = `${path}.${process.pid}`
    writeFileSync(temporary, `${JSON.stringify({tenant: head.tenant, seq: head.seq, hash: head.hash})}\n`, {
      mode: 0o600,
    })
    renameSync(temporary, path)
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

  #path(tenant: string): string {
    // A tenant's name may hold what a file name may not.
    return join(this.directory, `${createHash('sha256').update(tenant).digest('hex').slice(0, 32)}.json`)
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

function isHead(value: unknown): value is ChainHead {
  if (typeof value !== 'object' || value === null) return false
  const {tenant, seq, hash} = value as Partial<ChainHead>
  return typeof tenant === 'string' && Number.isSafeInteger(seq) && typeof hash === 'string'
}
