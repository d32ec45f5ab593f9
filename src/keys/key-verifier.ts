import {timingSafeEqual} from 'node:crypto'
import type {Clock, Logger} from '../operation/context.ts'
import {kyselyOver} from '../store/engine.ts'
import type {Store} from '../store/store.ts'
import {systemOf} from '../store/system.ts'
import {isIntactKey, keyDigest, keyPrefix} from './api-key.ts'
import type {KeyChanges} from './key-changes.ts'
import {type KeyRow, statusOf} from './key-ring.ts'
import type {KeyDatabase} from './tables.ts'

export interface KeyVerifierOptions {
  readonly store: () => Promise<Store>
  readonly clock: Clock
  readonly log: Logger
  /** Where this process tells of keys that it changes: those are asked for anew at once. */
  readonly changes?: KeyChanges
}

interface Remembered {
  readonly row: KeyRow
  /** The row's, as bytes to compare with. */
  readonly digest: Buffer
  readonly readAt: number
}

/**
 * How long a key is believed without asking the database, in milliseconds: so long a key may still work that another
 * process revoked.
 */
const trustMs = 1_000
const mostRemembered = 10_000
/** How exactly the last use is noted, in milliseconds: a write per key and minute, whatever it is used for. */
const useGrainMs = 60_000

/** Tells whose key a text is. Knows keys of all tenants, as a request shows its key before its tenant is known. */
export class KeyVerifier {
  readonly #options: KeyVerifierOptions
  readonly #remembered = new Map<string, Remembered>()
  readonly #noted = new Map<string, number>()
  readonly #writing = new Set<Promise<void>>()
  #changed = 0

  constructor(options: KeyVerifierOptions) {
    this.#options = options
    options.changes?.listen(prefix => {
      this.#changed += 1
      this.#remembered.delete(prefix)
    })
  }

  /**
   * The key's row if it is one of ours and active; at once where it is remembered. The digest is compared in constant
   * time.
   */
  verify(text: string): KeyRow | undefined | Promise<KeyRow | undefined> {
    const prefix = keyPrefix(text)
    if (prefix === undefined) return undefined
    const remembered = this.#fresh(prefix)
    if (remembered) return this.#verified(text, remembered)
    return isIntactKey(text) ? this.#read(prefix).then(read => this.#verified(text, read)) : undefined
  }

  /** The row of an active key that somebody may use without showing it, such as the owner of a certificate. */
  async byPrefix(prefix: string): Promise<KeyRow | undefined> {
    const remembered = this.#fresh(prefix) ?? (await this.#read(prefix))
    return remembered && this.#usable(remembered.row)
  }

  #verified(text: string, remembered: Remembered | undefined): KeyRow | undefined {
    if (remembered === undefined || !timingSafeEqual(keyDigest(text), remembered.digest)) return undefined
    return this.#usable(remembered.row)
  }

  #usable(row: KeyRow): KeyRow | undefined {
    const now = this.#options.clock.now()
    if (statusOf(row, now) !== 'active') return undefined
    this.#noteUse(row, now)
    return row
  }

  /** Waits for notes of last use that are being written. */
  async settle(): Promise<void> {
    await Promise.all(this.#writing)
  }

  #fresh(prefix: string): Remembered | undefined {
    const remembered = this.#remembered.get(prefix)
    return remembered && this.#options.clock.elapsed() - remembered.readAt < trustMs ? remembered : undefined
  }

  async #read(prefix: string): Promise<Remembered | undefined> {
    const readAt = this.#options.clock.elapsed()
    const changed = this.#changed
    const row = await systemOf(await this.#options.store())
      .database.selectFrom('omni_api_keys')
      .selectAll()
      .where('prefix', '=', prefix)
      .executeTakeFirst()
    this.#remembered.delete(prefix)
    if (row === undefined) return undefined
    if (this.#remembered.size >= mostRemembered) this.#remembered.clear()
    const remembered = {row, digest: Buffer.from(row.digest, 'hex'), readAt}
    // What was read while a key was being changed may be what it was before.
    if (changed === this.#changed) this.#remembered.set(prefix, remembered)
    return remembered
  }

  #noteUse(row: KeyRow, now: Date): void {
    const noted = this.#noted.get(row.id)
    if (noted !== undefined && now.getTime() - noted < useGrainMs) return
    if (this.#noted.size >= mostRemembered) this.#noted.clear()
    this.#noted.set(row.id, now.getTime())
    const writing = this.#write(row, now).catch(error => {
      this.#options.log.warn('The last use of a key could not be noted', {key: row.prefix, reason: String(error)})
    })
    this.#writing.add(writing)
    void writing.finally(() => this.#writing.delete(writing))
  }

  async #write({tenant, id}: KeyRow, now: Date): Promise<void> {
    const {engine} = systemOf(await this.#options.store())
    const minute = new Date(Math.floor(now.getTime() / useGrainMs) * useGrainMs).toISOString()
    await engine.transaction(async connection => {
      await kyselyOver<KeyDatabase>(engine, connection)
        .updateTable('omni_api_keys')
        .set({last_used_at: minute})
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .execute()
    })
  }
}
