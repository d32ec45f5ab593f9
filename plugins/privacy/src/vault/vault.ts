import {createHmac} from 'node:crypto'
import {type Context, InvalidInputError} from '@omni-ops/core/operation'
import {seal, unseal} from '@omni-ops/core/seal'
import type {Store, Unit} from '@omni-ops/core/store'
import {tokensRevealed} from '../events.ts'
import {base32} from '../key/base32.ts'
import {privacyKey} from '../key/privacy-key.ts'
import type {VaultTables} from './tables.ts'

/** `random`: a new token each time. `convergent`: the same value always gets the same token, so that tokens can be joined. */
export type TokenMode = 'random' | 'convergent'

export interface TokenizeOptions {
  /** Tokens of one domain say nothing of another's. */
  readonly domain: string
  readonly mode: TokenMode
  /** After so many seconds the value is gone. */
  readonly timeToLive?: number
}

export interface Token {
  readonly token: string
  /** ISO 8601; null for a token that stays. */
  readonly expiresAt: string | null
}

/** What somebody asked for who has a token. */
export interface Revealed {
  readonly token: string
  /** Undefined for an unknown or expired token, and for one whose value may not be revealed. */
  readonly value: string | undefined
  readonly withheld?: true
}

const tokenBytes = 16
const tokensPerQuery = 500
const longestValue = 100_000

/**
 * Values behind tokens: encrypted rows of one tenant. Every use is audited by counts and domains, never by values. Expired rows are
 * deleted whenever the vault is used.
 */
export class Vault {
  readonly #store: Store
  readonly #context: Context

  constructor(store: Store, context: Context) {
    this.#store = store
    this.#context = context
  }

  static async open(context: Context): Promise<Vault> {
    return new Vault(await context.store(), context)
  }

  /** A token for each value, in order. Throws NoPrivacyKeyError, and InvalidInputError for a value that is too long. */
  async tokenize(values: readonly string[], options: TokenizeOptions): Promise<Token[]> {
    if (values.some(value => value.length > longestValue)) {
      throw new InvalidInputError(`A value is longer than ${longestValue} characters`)
    }
    const {domain, mode} = options
    const keys = this.#keys(domain)
    const audit = {
      action: 'tokens.made',
      resource: `vault:${domain}`,
      details: {count: values.length, mode, ttl_seconds: options.timeToLive ?? null},
    }
    return this.#store.unit(this.#context, {audit}, async unit => {
      await this.#forgetExpired(unit)
      const tokens: Token[] = []
      for (const value of values) tokens.push(await this.#tokenOf(unit, value, options, keys))
      return tokens
    })
  }

  /**
   * What tokens stand for, in order, but for values that are not admitted. Throws NoPrivacyKeyError, and UnsealError where a row was
   * changed or the key is another.
   */
  async detokenize(
    tokens: readonly string[],
    reason: string,
    admits: (value: string) => boolean = () => true,
  ): Promise<Revealed[]> {
    const audit = (revealed: readonly Revealed[]) => ({
      action: 'tokens.revealed',
      resource: 'vault',
      details: {asked: revealed.length, found: revealed.filter(each => each.value !== undefined).length, reason},
    })
    return this.#store.unit(this.#context, {audit}, async unit => {
      await this.#forgetExpired(unit)
      const rows = new Map<string, {domain: string; sealed: Buffer}>()
      for (let from = 0; from < tokens.length; from += tokensPerQuery) {
        const found = await unit
          .database<VaultTables>()
          .selectFrom('privacy_tokens')
          .select(['token', 'domain', 'sealed'])
          .where('token', 'in', tokens.slice(from, from + tokensPerQuery))
          .execute()
        for (const row of found) rows.set(row.token, row)
      }
      const found = tokens.filter(token => rows.has(token)).length
      await unit.publish(tokensRevealed, {asked: tokens.length, found})
      return tokens.map(token => {
        const row = rows.get(token)
        if (!row) return {token, value: undefined}
        const opened = unseal(this.#keys(row.domain).value, row.sealed, this.#associated(row.domain, token))
        const value = opened.toString('utf8')
        return admits(value) ? {token, value} : {token, value: undefined, withheld: true}
      })
    })
  }

  /** Every value there is, opened, in the order of the tokens. Throws NoPrivacyKeyError, UnsealError. */
  async *values(): AsyncGenerator<{token: string; domain: string; value: string; createdAt: string}> {
    for (let last = ''; ;) {
      const rows = await this.#store
        .read<VaultTables>(this.#context.tenant)
        .selectFrom('privacy_tokens')
        .select(['token', 'domain', 'sealed', 'created_at'])
        .where('token', '>', last)
        .orderBy('token')
        .limit(tokensPerQuery)
        .execute()
      for (const {token, domain, sealed, created_at: createdAt} of rows) {
        const opened = unseal(this.#keys(domain).value, sealed, this.#associated(domain, token))
        yield {token, domain, value: opened.toString('utf8'), createdAt}
      }
      if (rows.length < tokensPerQuery) return
      last = rows.at(-1)!.token
    }
  }

  async #tokenOf(unit: Unit, value: string, options: TokenizeOptions, keys: VaultKeys): Promise<Token> {
    const {domain, mode, timeToLive} = options
    const now = this.#context.clock.now().getTime()
    const expiresAt = timeToLive === undefined ? null : new Date(now + timeToLive * 1000).toISOString()
    const blindIndex =
      mode === 'convergent' ? base32(createHmac('sha256', keys.index).update(value, 'utf8').digest()) : null
    const database = unit.database<VaultTables>()
    if (blindIndex !== null) {
      const known = await database
        .selectFrom('privacy_tokens')
        .select(['token', 'expires_at'])
        .where('domain', '=', domain)
        .where('blind_index', '=', blindIndex)
        .executeTakeFirst()
      if (known) {
        // Asked for again, it lives as long as the longer of the two wishes.
        const until = known.expires_at === null || expiresAt === null ? null : later(known.expires_at, expiresAt)
        await database.updateTable('privacy_tokens').set({expires_at: until}).where('token', '=', known.token).execute()
        return {token: known.token, expiresAt: until}
      }
    }
    const token = `tok_${base32(this.#context.random.bytes(tokenBytes))}`
    const sealed = seal(keys.value, Buffer.from(value, 'utf8'), this.#associated(domain, token), this.#context.random)
    await database
      .insertInto('privacy_tokens')
      .values({
        token,
        domain,
        sealed,
        blind_index: blindIndex,
        created_at: new Date(now).toISOString(),
        expires_at: expiresAt,
      })
      .execute()
    return {token, expiresAt}
  }

  async #forgetExpired(unit: Unit): Promise<void> {
    await unit
      .database<VaultTables>()
      .deleteFrom('privacy_tokens')
      .where('expires_at', '<=', this.#context.clock.now().toISOString())
      .execute()
  }

  #keys(domain: string): VaultKeys {
    return {
      value: privacyKey(this.#context, `vault\0${domain}`),
      index: privacyKey(this.#context, `vault-index\0${domain}`),
    }
  }

  /** A row that is moved to another tenant, domain or token does not open. */
  #associated(domain: string, token: string): string {
    return JSON.stringify(['privacy_tokens', 1, this.#context.tenant, domain, token])
  }
}

interface VaultKeys {
  readonly value: Buffer
  readonly index: Buffer
}

function later(a: string, b: string): string {
  return a > b ? a : b
}
