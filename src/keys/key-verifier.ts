import {timingSafeEqual} from 'node:crypto'
import type {Clock, Logger} from '../operation/context.ts'
import {kyselyOver} from '../store/engine.ts'
import type {Store} from '../store/store.ts'
import {systemOf} from '../store/system.ts'
import {parseKey} from './api-key.ts'
import {type KeyRow, statusOf} from './key-ring.ts'
import type {KeyDatabase} from './tables.ts'

export interface KeyVerifierOptions {
  readonly store: () => Promise<Store>
  readonly clock: Clock
  readonly log: Logger
}

interface Remembered {
  readonly row: KeyRow
  readonly readAt: number
}

/** How long a key is believed without asking the database, in milliseconds: so long a revoked key may still work. */
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

  constructor(options: KeyVerifierOptions) {
    this.#options = options
  }

  /** The key's row if it is one of ours and active. The digest is compared in constant time. */
  async verify(text: string): Promise<KeyRow | undefined> {
    const parsed = parseKey(text)
    if (parsed === undefined) return undefined
    const row = await this.#row(parsed.prefix)
    if (row === undefined || !timingSafeEqual(Buffer.from(parsed.digest, 'hex'), Buffer.from(row.digest, 'hex'))) {
      return undefined
    }
    const now = this.#options.clock.now()
    if (statusOf(row, now) !== 'active') return undefined
    this.#noteUse(row, now)
    return row
  }

  /** Waits for notes of last use that are being written. */
  async settle(): Promise<void> {
    await Promise.all(this.#writing)
  }

  async #row(prefix: string): Promise<KeyRow | undefined> {
    const {clock} = this.#options
    const remembered = this.#remembered.get(prefix)
    if (remembered && clock.elapsed() - remembered.readAt < trustMs) return remembered.row
    const readAt = clock.elapsed()
    const row = await systemOf(await this.#options.store())
      .database.selectFrom('omni_api_keys')
      .selectAll()
      .where('prefix', '=', prefix)
      .executeTakeFirst()
    this.#remembered.delete(prefix)
    if (row === undefined) return undefined
    if (this.#remembered.size >= mostRemembered) this.#remembered.clear()
    this.#remembered.set(prefix, {row, readAt})
    return row
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
