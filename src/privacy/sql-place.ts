import type {Expression, ExpressionBuilder, SqlBool} from 'kysely'
import {InvalidInputError, NotFoundError} from '../operation/errors.ts'
import type {ColumnDefinition, TableDefinition} from '../store/column-definition.ts'
import type {TenantWriter} from '../store/unit.ts'
import {identityOf, type IdentityKind, isKept, type PrivacyDeclaration, type PersonalTerms} from './declaration.ts'
import {IdentifierSearch} from './identifier-search.ts'
import {
  type Decisions,
  type Identity,
  type KeepReason,
  type PersonalRecord,
  type PersonalStore,
  recordId,
  type Rectification,
  type StoreReceipt,
  type Subject,
} from './personal-store.ts'
import type {AnyTables, SqlRows} from './sql-rows.ts'

const rowsPerPage = 200
const rowsPerUnit = 100
/** More values than this are not put into a condition: all rows are looked through instead. */
const mostValues = 500

/** Values of these kinds are compared as they are; others have forms that a condition cannot tell. */
const opaqueKinds: ReadonlySet<IdentityKind> = new Set([
  'principal',
  'user',
  'customer',
  'contact',
  'pseudonym',
  'device',
  'browser',
])

/** A record in a table that cannot be found, or cannot be changed so. */
export class UnknownRecordError extends NotFoundError {
  override readonly code = 'unknown_personal_record'
}

type Row = Readonly<Record<string, unknown>>
type AnyBuilder = ExpressionBuilder<AnyTables, string>

/** Why a row is about the subject. */
interface Match {
  readonly matchedBy: readonly Identity[]
  readonly match: 'identity' | 'free-text'
}

interface FoundRow extends Match {
  readonly row: Row
}

/** A row whose links say that these values are all of one person. */
export interface LinkedRow {
  readonly table: string
  readonly matchedBy: readonly Identity[]
  readonly values: readonly {readonly field: string; readonly kind: IdentityKind; readonly value: string}[]
}

type JoinPath = Extract<PersonalTerms['subject'], {readonly table: string}>

/** How a table is searched, by its declaration and its columns. */
interface Plan {
  readonly declaration: PrivacyDeclaration & {readonly personal: PersonalTerms}
  readonly definition: TableDefinition
  readonly identities: readonly (readonly [field: string, kind: IdentityKind])[]
  readonly texts: readonly string[]
  readonly join: JoinPath | undefined
}

/**
 * The tables of one tenant in one database. Everything follows from the declarations: a row is about the subject where a
 * field identifies it, where it refers to such a row of another table, or where its words mention it.
 */
export class SqlPlaces {
  readonly #rows: SqlRows
  readonly #declarations: ReadonlyMap<string, PrivacyDeclaration>
  /** What rows that are kept refer to, by {@link referenceKey}. */
  readonly #needed = new Map<string, KeepReason>()

  constructor(rows: SqlRows, declarations: readonly PrivacyDeclaration[]) {
    this.#rows = rows
    this.#declarations = new Map(declarations.filter(({store}) => store === 'sql').map(each => [each.table, each]))
  }

  /** The place of one declaration; undefined for one without personal data, or of a table that is not there. */
  place(table: string): PersonalStore | undefined {
    const plan = this.#planOf(table)
    if (plan === undefined) return undefined
    // What is kept as evidence is not written to.
    const {retention} = plan.declaration.personal
    const isEvidence = typeof retention === 'object' && 'kept' in retention
    return {
      store: 'sql',
      table,
      locate: subject => this.#locate(plan, subject),
      ...(isEvidence ? {} : {rectify: (change: Rectification) => this.#rectify(plan, change)}),
      erase: (subject, decisions) => this.#erase(plan, subject, decisions),
    }
  }

  /** Values that stand beside known identities in rows whose links say that they are of one person. */
  async *linked(search: IdentifierSearch): AsyncGenerator<LinkedRow> {
    for (const table of this.#declarations.keys()) {
      const plan = this.#planOf(table)
      const links = plan?.declaration.personal.links ?? []
      if (plan === undefined || links.length < 2) continue
      const identities = plan.identities.filter(([field]) => links.includes(field))
      for await (const {row, matchedBy} of this.#found({...plan, identities, texts: [], join: undefined}, search)) {
        const values = identities.flatMap(([field, kind]) => {
          const value = row[field]
          return typeof value === 'string' && value !== '' ? [{field, kind, value}] : []
        })
        yield {table, matchedBy, values}
      }
    }
  }

  #planOf(table: string): Plan | undefined {
    const declaration = this.#declarations.get(table)
    const definition = this.#rows.definitionOf(table)
    if (declaration?.personal === undefined || definition === undefined) return undefined
    const {fields, personal} = declaration
    const identities = Object.entries(fields).flatMap(([name, field]) => {
      const kind = identityOf(field)
      return kind === undefined ? [] : [[name, kind] as const]
    })
    const texts = Object.entries(fields).flatMap(([name, field]) => {
      const isWords = ['text', 'json'].includes(definition.columns[name]?.type ?? '')
      return field !== 'non-personal' && field.identity === undefined && isWords ? [name] : []
    })
    const {subject} = personal
    const join = 'table' in subject ? subject : undefined
    return {declaration: {...declaration, personal}, definition, identities, texts, join}
  }

  async *#locate(plan: Plan, subject: Subject): AsyncGenerator<PersonalRecord> {
    for await (const found of this.#found(plan, new IdentifierSearch(subject))) yield recordOf(plan, found)
  }

  /** Every row that is about the subject, in the order of the keys. */
  async *#found(plan: Plan, search: IdentifierSearch): AsyncGenerator<FoundRow> {
    const parents = await this.#parentsOf(plan, search)
    for await (const row of this.#candidates(plan, search, parents)) {
      const match = matchOf(plan, row, search, parents)
      if (match !== undefined) yield {...match, row}
    }
  }

  /** The values by which rows refer to rows that are about the subject. */
  async #parentsOf({join}: Plan, search: IdentifierSearch): Promise<ReadonlyMap<unknown, Match>> {
    const parents = new Map<unknown, Match>()
    const plan = join && this.#planOf(join.table)
    if (join === undefined || plan === undefined) return parents
    for await (const {row, ...match} of this.#found(plan, search)) parents.set(row[join.to], match)
    return parents
  }

  async *#candidates(plan: Plan, search: IdentifierSearch, parents: ReadonlyMap<unknown, Match>): AsyncGenerator<Row> {
    const wanted = plan.identities.flatMap(([field, kind]) =>
      search.of(kind).length === 0 ? [] : [{field, kind, values: search.of(kind).map(({value}) => value)}],
    )
    const readsWords = plan.texts.length > 0 && search.isTelling
    const isNarrow = !readsWords && parents.size <= mostValues && wanted.every(({kind}) => opaqueKinds.has(kind))
    if (!isNarrow) {
      yield* this.#pages(plan, undefined)
      return
    }
    if (wanted.length === 0 && parents.size === 0) return
    const {join} = plan
    yield* this.#pages(plan, row =>
      row.or([
        ...wanted.map(({field, values}) => row(field, 'in', values)),
        ...(join && parents.size > 0 ? [row(join.field, 'in', [...parents.keys()])] : []),
      ]),
    )
  }

  async *#pages(
    {declaration: {table}, definition: {primaryKey}}: Plan,
    condition: ((row: AnyBuilder) => Expression<SqlBool>) | undefined,
  ): AsyncGenerator<Row> {
    let last: Row | undefined
    for (;;) {
      let query = this.#rows.read().selectFrom(table).selectAll().limit(rowsPerPage)
      for (const column of primaryKey) query = query.orderBy(column)
      if (condition !== undefined) query = query.where(row => condition(row as AnyBuilder))
      if (last !== undefined) {
        const from = last
        query = query.where(row => isAfter(row as AnyBuilder, primaryKey, from))
      }
      const page = (await query.execute()) as Row[]
      yield* page
      if (page.length < rowsPerPage) return
      last = page.at(-1)
    }
  }

  async #rectify({declaration, definition}: Plan, {key, field, value}: Rectification): Promise<StoreReceipt> {
    const {table, fields} = declaration
    const column = definition.columns[field]
    const isPersonal = Object.hasOwn(fields, field) && fields[field] !== 'non-personal'
    if (!isPersonal || column === undefined || definition.primaryKey.includes(field)) {
      throw new InvalidInputError(`${table} has no field ${field} that could be corrected`, {
        hint: `one of ${Object.keys(fields)
          .filter(name => fields[name] !== 'non-personal')
          .join(', ')}`,
      })
    }
    let changed = 0n
    await this.#rows.write({action: 'personal-data.rectified', table, rows: 1, fields: [field]}, async writer => {
      const result = await writer
        .updateTable(table)
        .set({[field]: value})
        .where(row => hasKey(row as AnyBuilder, definition.primaryKey, valuesOfKey(key, definition)))
        .executeTakeFirst()
      changed = result.numUpdatedRows
      if (changed === 0n) throw new UnknownRecordError(`${table} has no record ${key}`)
    })
    return {store: 'sql', table, found: Number(changed), erased: 0, kept: [], verified: true, state: 'done'}
  }

  async #erase(plan: Plan, subject: Subject, decisions: Decisions): Promise<StoreReceipt> {
    const {table, personal} = plan.declaration
    const search = new IdentifierSearch(subject)
    const receipt = {store: 'sql', table, state: 'done'} as const
    if (personal.erasure === 'delete-all') {
      const rows = await this.#deleteAll(plan)
      return {...receipt, found: rows, erased: rows, kept: [], verified: true}
    }
    if (isKept(personal.erasure)) {
      let found = 0
      for await (const _ of this.#found(plan, search)) found += 1
      const {kept: reason, ...citation} = personal.erasure
      return {...receipt, found, erased: 0, kept: found > 0 ? [{key: '*', reason, ...citation}] : [], verified: true}
    }
    const kept: ({readonly key: string} & KeepReason)[] = []
    let going: Row[] = []
    let erased = 0
    const erase = async () => {
      await this.#eraseRows(plan, going)
      erased += going.length
      going = []
    }
    for await (const found of this.#found(plan, search)) {
      const record = recordOf(plan, found)
      const reason = keepReason(record, decisions) ?? this.#neededBy(table, found.row)
      if (reason !== undefined) {
        kept.push({key: record.key, ...reason})
        this.#keepParent(plan, found.row)
        continue
      }
      going.push(found.row)
      if (going.length >= rowsPerUnit) await erase()
    }
    if (going.length > 0) await erase()
    return {...receipt, found: erased + kept.length, erased, kept, verified: true}
  }

  /** What a kept row refers to would take it along, or could not go at all. */
  #keepParent({join, declaration: {table}}: Plan, row: Row): void {
    if (join === undefined) return
    const reason = `a record of ${table} that is kept belongs to it`
    this.#needed.set(referenceKey(join.table, join.to, row[join.field]), {reason})
  }

  #neededBy(table: string, row: Row): KeepReason | undefined {
    if (this.#needed.size === 0) return undefined
    return Object.entries(row)
      .map(([column, value]) => this.#needed.get(referenceKey(table, column, value)))
      .find(reason => reason !== undefined)
  }

  async #deleteAll({declaration: {table}}: Plan): Promise<number> {
    const counted = await this.#rows
      .read()
      .selectFrom(table)
      .select(({fn}) => fn.countAll<bigint>().as('rows'))
      .executeTakeFirstOrThrow()
    const rows = Number(counted.rows)
    if (rows === 0) return 0
    await this.#rows.write({action: 'personal-data.erased', table, rows}, async writer => {
      await writer.deleteFrom(table).execute()
    })
    return rows
  }

  async #eraseRows(plan: Plan, rows: readonly Row[]): Promise<void> {
    const {declaration, definition} = plan
    const {table, personal} = declaration
    await this.#rows.write({action: 'personal-data.erased', table, rows: rows.length}, async writer => {
      for (const row of rows) {
        const isRow = (each: AnyBuilder) => hasKey(each, definition.primaryKey, row)
        await eraseRow(writer, table, personal, definition, isRow)
      }
    })
  }
}

async function eraseRow(
  writer: TenantWriter<AnyTables>,
  table: string,
  {erasure}: PersonalTerms,
  definition: TableDefinition,
  isRow: (row: AnyBuilder) => Expression<SqlBool>,
): Promise<void> {
  if (typeof erasure === 'object' && 'clear' in erasure) {
    const emptied = Object.fromEntries(erasure.clear.map(name => [name, emptyValue(definition.columns[name])]))
    await writer
      .updateTable(table)
      .set(emptied)
      .where(row => isRow(row as AnyBuilder))
      .execute()
    return
  }
  await writer
    .deleteFrom(table)
    .where(row => isRow(row as AnyBuilder))
    .execute()
}

function emptyValue(column: ColumnDefinition | undefined): unknown {
  if (column === undefined || column.nullable) return null
  switch (column.type) {
    case 'json':
      return {}
    case 'bytes':
      return Buffer.alloc(0)
    case 'boolean':
      return false
    case 'integer':
    case 'bigint':
    case 'real':
      return 0
    default:
      return ''
  }
}

/** Found by an identity, by a row that is, or by words, in this order: the surest reason counts. */
function matchOf(
  plan: Plan,
  row: Row,
  search: IdentifierSearch,
  parents: ReadonlyMap<unknown, Match>,
): Match | undefined {
  const own = plan.identities.flatMap(([field, kind]) => search.matching(kind, row[field]))
  const parent = plan.join && parents.get(row[plan.join.field])
  if (own.length > 0 || parent?.match === 'identity') {
    return {matchedBy: [...new Set([...own, ...(parent?.matchedBy ?? [])])], match: 'identity'}
  }
  const mentioned = plan.texts.flatMap(field => search.mentionedInValue(row[field]))
  const matchedBy = [...new Set([...mentioned, ...(parent?.matchedBy ?? [])])]
  return matchedBy.length > 0 ? {matchedBy, match: 'free-text'} : undefined
}

function recordOf({declaration, definition}: Plan, {row, matchedBy, match}: FoundRow): PersonalRecord {
  const {table, personal} = declaration
  const {withheld = [], retention} = personal
  const hidden = new Set(['tenant', ...withheld])
  const fields = Object.fromEntries(
    Object.entries(row)
      .filter(([name]) => !hidden.has(name) && definition.columns[name]?.type !== 'bytes')
      // JSON has no integers of 64 bits.
      .map(([name, value]) => [name, typeof value === 'bigint' ? String(value) : value]),
  )
  const at = timeOf(row, typeof retention === 'object' && 'after' in retention ? retention.after : undefined)
  const key = JSON.stringify(definition.primaryKey.map(name => keyPart(row[name])))
  return {store: 'sql', table, key, ...(at === undefined ? {} : {at}), fields, matchedBy, match}
}

/** When a row was written, by the columns that say it in this program. */
function timeOf(row: Row, retainedAfter: string | undefined): string | undefined {
  const names = ['at', 'asked_at', 'created_at', 'ingested_at', 'started_at', 'saved_at', retainedAfter]
  const name = names.find(each => each !== undefined && typeof row[each] === 'string')
  return name === undefined ? undefined : (row[name] as string)
}

function keyPart(value: unknown): string | number {
  return typeof value === 'number' ? value : String(value)
}

function valuesOfKey(key: string, {primaryKey, columns}: TableDefinition): Row {
  const parts: unknown = JSON.parse(key)
  if (!Array.isArray(parts) || parts.length !== primaryKey.length)
    throw new UnknownRecordError(`${key} names no record`)
  return Object.fromEntries(
    primaryKey.map((name, index) => [name, columns[name]?.type === 'bigint' ? BigInt(parts[index]) : parts[index]]),
  )
}

function hasKey(row: AnyBuilder, primaryKey: readonly string[], values: Row): Expression<SqlBool> {
  return row.and(primaryKey.map(name => row(name, '=', values[name])))
}

function isAfter(row: AnyBuilder, primaryKey: readonly string[], last: Row): Expression<SqlBool> {
  return row.or(
    primaryKey.map((name, index) =>
      row.and([
        ...primaryKey.slice(0, index).map(before => row(before, '=', last[before])),
        row(name, '>', last[name]),
      ]),
    ),
  )
}

function referenceKey(table: string, column: string, value: unknown): string {
  return JSON.stringify([table, column, typeof value === 'string' ? value : String(value)])
}

const sharedOnly: KeepReason = {reason: 'found by an identity alone that others share; nobody has said whose it is'}

/** Why a record is not erased; undefined where it is. */
export function keepReason(record: PersonalRecord, {keep, include}: Decisions): KeepReason | undefined {
  const id = recordId(record)
  const decided = keep.get(id)
  if (decided !== undefined) return decided
  return record.matchedBy.every(({shared}) => shared === true) && include?.has(id) !== true ? sharedOnly : undefined
}
