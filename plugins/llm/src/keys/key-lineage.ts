import type {Store, TenantWriter} from '@omni-ops/core/store'

/** What is read of the kernel's keys. */
interface ApiKeys {
  readonly omni_api_keys: {
    readonly id: string
    readonly prefix: string
    readonly revoked_at: string | null
    readonly replaced_by: string | null
  }
}

/** Longer chains of rotated keys are not followed. */
const longestLineage = 1_000

/**
 * Which key another one took the place of (`omni keys rotate`). What a key may ask and spend belongs to the first of them
 * and goes over to its successors: a new key gives no second budget.
 */
export class KeyLineage {
  readonly #store: Store
  readonly #queries: ReturnType<typeof queriesOf>
  /** By tenant and prefix. What a key came from never changes. */
  readonly #origins = new Map<string, string>()

  constructor(store: Store) {
    this.#store = store
    this.#queries = queriesOf(store)
  }

  /** When the key was revoked, null where it was not; undefined for one that is not of this tenant. */
  async standing(tenant: string, prefix: string): Promise<{readonly revoked_at: string | null} | undefined> {
    const [row] = await this.#store.find(this.#queries.byPrefix, tenant, {prefix})
    return row
  }

  /** The prefix of the first key of the lineage: the key's own where it was not rotated, or is not of this tenant. */
  async originOf(tenant: string, prefix: string): Promise<string> {
    const name = `${tenant} ${prefix}`
    const known = this.#origins.get(name)
    if (known !== undefined) return known
    let [key] = await this.#store.find(this.#queries.byPrefix, tenant, {prefix})
    let origin = prefix
    for (let steps = 0; key !== undefined && steps < longestLineage; steps++) {
      origin = key.prefix
      ;[key] = await this.#store.find(this.#queries.replacedBy, tenant, {id: key.id})
    }
    this.#origins.set(name, origin)
    return origin
  }
}

/** Asked with most calls, hence prepared. */
function queriesOf(store: Store) {
  return {
    byPrefix: store.prepare(['prefix'], (database: TenantWriter<ApiKeys>, {prefix}: {readonly prefix: string}) =>
      database.selectFrom('omni_api_keys').select(['id', 'prefix', 'revoked_at']).where('prefix', '=', prefix),
    ),
    replacedBy: store.prepare(['id'], (database: TenantWriter<ApiKeys>, {id}: {readonly id: string}) =>
      database.selectFrom('omni_api_keys').select(['id', 'prefix', 'revoked_at']).where('replaced_by', '=', id),
    ),
  }
}
