import type {Compilable, CompiledQuery} from 'kysely'
import {type Engine, kyselyOver} from './engine.ts'
import {StoreUsageError} from './errors.ts'
import {type TableScopes, TenantPlugin} from './tenancy.ts'
import type {TenantWriter} from './unit.ts'

/** Stands in a query for a value that is given each time the query runs. */
class Placeholder {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

const ofTenant = new Placeholder('tenant')

/**
 * A query on one tenant's rows that is built once and run again and again with other values. It is confined like every
 * other: the tenant's predicate is in it, and the tenant is bound anew with each run. To build a query, to rewrite it
 * and to write it as SQL takes many times as long as SQLite needs to answer it by a key.
 */
export class PreparedQuery<Values extends object, Row> {
  /** Only for the types: never set. */
  declare readonly phantom?: Row
  readonly writes: boolean
  readonly #query: CompiledQuery<Row>

  constructor(query: CompiledQuery<Row>) {
    this.#query = query
    this.writes = query.query.kind !== 'SelectQueryNode'
    const isBound = query.parameters.some(parameter => parameter === ofTenant)
    if (!isBound) throw new StoreUsageError('A prepared query reads or writes rows of a tenant')
  }

  /** The query for one run. @throws StoreUsageError for a value that is missing */
  bound(tenant: string, values: Values): CompiledQuery<Row> {
    const parameters = this.#query.parameters.map(parameter => {
      if (!(parameter instanceof Placeholder)) return parameter
      if (parameter === ofTenant) return tenant
      const value = (values as Record<string, unknown>)[parameter.name]
      if (value === undefined) throw new StoreUsageError(`The value ${parameter.name} of a prepared query is missing`)
      return value
    })
    return {...this.#query, parameters}
  }
}

/** @param names of the values that are given with each run */
export function prepareQuery<DB, Values extends object, Row>(
  engine: Engine,
  tables: TableScopes,
  names: readonly (string & keyof Values)[],
  build: (database: TenantWriter<DB>, values: Values) => Compilable<Row>,
): PreparedQuery<Values, Row> {
  const tenancy = new TenantPlugin(ofTenant as unknown as string, tables, true)
  const database = kyselyOver<DB>(engine, undefined, [tenancy])
  const values = Object.fromEntries(names.map(name => [name, new Placeholder(name)])) as Values
  return new PreparedQuery(build(database, values).compile())
}
