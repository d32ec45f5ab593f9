import type {Kysely, Selectable} from 'kysely'
import {CancelledError} from '../operation/errors.ts'
import type {Store} from '../store/store.ts'
import {systemOf} from '../store/system.ts'
import {type AuditEntry, auditHash, genesisHash} from './audit-entry.ts'
import {canonicalJson} from './canonical-json.ts'
import type {AuditDatabase} from './migration.ts'
import {commitmentOf, type Opening, openingsWithDetails} from './opening.ts'

export type AuditProblemKind =
  /** An entry's content does not belong to its hash: something in it was changed. */
  | 'flip'
  /** Entries are missing between two others, or before the first. */
  | 'gap'
  /** An entry is genuine and stands in another place than the one it was made for. */
  | 'reorder'
  /** Entries are missing at the end: the head row in the database knows later ones. */
  | 'truncated'
  /** The log fits together and is older than an anchor file: the database was set back, or cut off with its head row. */
  | 'rollback'
  /** An entry does not follow from the one before it, or is not the one that the head or the anchor remembers. */
  | 'fork'

export interface AuditProblem {
  readonly kind: AuditProblemKind
  /** Where it was noticed. */
  readonly seq: number
  readonly message: string
}

export interface AuditVerification {
  readonly ok: boolean
  readonly tenant: string
  /** How many entries were read. */
  readonly entries: number
  /** The last entry that was read; undefined for an empty chain. */
  readonly head: {readonly seq: number; readonly hash: string} | undefined
  /** Whether an anchor file stood outside the database to compare with. */
  readonly anchored: boolean
  /** How many anchors of days that have ended were compared. */
  readonly dailyAnchors: number
  readonly problems: readonly AuditProblem[]
  /** More problems than are listed. */
  readonly truncated: boolean
}

export interface VerifyAuditOptions {
  readonly tenant: string
  /** The first and the last entry to check; the whole chain by default. The one before `from` is believed. */
  readonly from?: number
  readonly to?: number
  readonly signal?: AbortSignal
}

type AuditRow = Selectable<AuditDatabase['omni_audit']>

const headRow = 'the head row'
const pageSize = 1000
const mostProblems = 100
/** How far from its place an entry is looked for before it counts as changed. */
const reorderWindow = 1000

/**
 * Checks a tenant's chain from the first to the last entry, in pages, in constant memory: every hash, every link,
 * every number, the end against the head row and the anchor file, and each day's last entry against its own anchor.
 */
export async function verifyAudit(store: Store, options: VerifyAuditOptions): Promise<AuditVerification> {
  const {database, anchors} = systemOf(store)
  const {tenant, from = 1, to = Number.MAX_SAFE_INTEGER} = options
  // The anchor and the head are read first: entries that are added meanwhile lie after them.
  const anchor = anchors?.read(tenant)
  const days = anchors?.days(tenant) ?? []
  const head = await readHead(database, tenant)
  const memories = [
    {head, name: headRow},
    {head: anchor, name: 'the anchor file'},
    ...days.map(each => ({head: each, name: `the anchor of ${each.day}`})),
  ].flatMap(({head: known, name}) => (known === undefined || known.seq === 0 ? [] : [{...known, name}]))
  const check = new ChainCheck(await entryBefore(database, tenant, from), memories, from)
  for await (const row of rowsOf(database, tenant, from, to)) {
    if (options.signal?.aborted) throw new CancelledError()
    check.next(row)
  }
  if (to === Number.MAX_SAFE_INTEGER) check.end()
  for await (const {details, ...opening} of openingsWithDetails(database, tenant, from, to)) {
    check.opening(opening, details)
  }
  return {
    ok: check.found === 0,
    tenant,
    entries: check.entries,
    head: check.entries === 0 ? undefined : {seq: check.previous.seq, hash: check.previous.hash},
    anchored: anchor !== undefined,
    dailyAnchors: days.length,
    problems: check.problems,
    truncated: check.found > check.problems.length,
  }
}

/** What is known of a chain's end from elsewhere. */
interface Memory {
  readonly seq: number
  readonly hash: string
  readonly name: string
}

/** The state of a walk along one chain. */
class ChainCheck {
  entries = 0
  found = 0
  previous: {seq: number; hash: string}
  readonly problems: AuditProblem[] = []
  readonly #memories: ReadonlyMap<number, readonly Memory[]>
  /** The link to an entry that stands in the wrong place says nothing more. */
  #afterMisplaced = false

  constructor(before: {seq: number; hash: string}, memories: readonly Memory[], from: number) {
    this.previous = before
    this.#memories = Map.groupBy(memories, ({seq}) => seq)
    if (before.seq !== from - 1) this.#report('gap', from, `Entry ${from - 1}, before the first to check, is missing`)
  }

  next(row: AuditRow): void {
    this.entries += 1
    const {previous} = this
    this.previous = {seq: row.seq, hash: row.hash}
    if (row.seq <= previous.seq) {
      this.#report('fork', row.seq, `There are several entries ${row.seq}`)
      return
    }
    if (row.seq !== previous.seq + 1) {
      this.#report('gap', row.seq, `The entries ${previous.seq + 1} to ${row.seq - 1} are missing`)
    }
    for (const {hash, name} of this.#memories.get(row.seq) ?? []) {
      if (hash !== row.hash) this.#report('fork', row.seq, `Entry ${row.seq} is not the one that ${name} remembers`)
    }
    if (sealedHash(row, row.seq) !== row.hash) {
      this.#misplacedOrChanged(row)
      return
    }
    const linked = row.seq === previous.seq + 1 && !this.#afterMisplaced
    this.#afterMisplaced = false
    if (linked && row.prev_hash !== previous.hash) {
      this.#report('fork', row.seq, `Entry ${row.seq} does not follow from entry ${previous.seq}`)
    }
  }

  /** The walk reached the last entry there is. */
  end(): void {
    const {seq: last} = this.previous
    const memories = [...this.#memories.values()].flat()
    const head = memories.find(({name}) => name === headRow)
    // With its head row gone too, an empty log looks like one that never began.
    const fits = head === undefined ? this.entries === 0 : head.seq === last
    for (const {seq, name} of memories) {
      if (seq <= last) continue
      this.#report(
        fits ? 'rollback' : 'truncated',
        last,
        `The entries ${last + 1} to ${seq}, which ${name} knows, are missing at the end`,
      )
    }
    if (this.entries > 0 && head === undefined) {
      this.#report('fork', last, 'The chain has entries and no head row')
    }
  }

  /** A personal value that is still there must be the one that its entry commits to. */
  opening({seq, field, salt, value}: Opening, details: string | null): void {
    const {commitment} = commitmentOf({salt, value})
    if (details !== null && details.includes(`"${commitment}"`)) return
    this.#report('flip', seq, `The value of ${field} beside entry ${seq} is not the one that the entry was made with`)
  }

  #misplacedOrChanged(row: AuditRow): void {
    // The search is not cheap, and after so many problems nobody asks.
    const place = this.found < mostProblems ? originalPlace(row) : undefined
    this.#afterMisplaced = place !== undefined
    if (place === undefined) this.#report('flip', row.seq, `Entry ${row.seq} was changed`)
    else this.#report('reorder', row.seq, `Entry ${row.seq} was made as entry ${place}`)
  }

  #report(kind: AuditProblemKind, seq: number, message: string): void {
    this.found += 1
    if (this.problems.length < mostProblems) this.problems.push({kind, seq, message})
  }
}

/** The number under which the hash of an entry is right, near the one it has. */
function originalPlace(row: AuditRow): number | undefined {
  for (let distance = 1; distance <= reorderWindow; distance += 1) {
    for (const seq of [row.seq - distance, row.seq + distance]) {
      if (seq > 0 && sealedHash(row, seq) === row.hash) return seq
    }
  }
  return undefined
}

/** The hash of a row's content at a place; undefined where the content is not even well-formed. */
function sealedHash(row: AuditRow, seq: number): string | undefined {
  try {
    const entry = entryOf(row)
    // What is read must be what was hashed: no second member of the same name, no other spelling.
    if (canonicalJson(entry.details) !== row.details) return undefined
    return auditHash({...entry, seq})
  } catch {
    return undefined
  }
}

/** A row as an entry. @throws SyntaxError if its details are not JSON */
export function entryOf(row: AuditRow): AuditEntry {
  return {...row, details: JSON.parse(row.details) as AuditEntry['details']}
}

async function readHead(database: Kysely<AuditDatabase>, tenant: string) {
  return database.selectFrom('omni_audit_head').select(['seq', 'hash']).where('tenant', '=', tenant).executeTakeFirst()
}

async function entryBefore(database: Kysely<AuditDatabase>, tenant: string, from: number) {
  const genesis = {seq: 0, hash: genesisHash}
  if (from <= 1) return genesis
  const before = await database
    .selectFrom('omni_audit')
    .select(['seq', 'hash'])
    .where('tenant', '=', tenant)
    .where('seq', '=', from - 1)
    .executeTakeFirst()
  return before ?? genesis
}

/** The entries of a chain in order, a page at a time. */
export async function* rowsOf(
  database: Kysely<AuditDatabase>,
  tenant: string,
  from: number,
  to: number,
): AsyncGenerator<AuditRow> {
  // Numbers are 32 bits wide in the database.
  const last = Math.min(to, 2 ** 31 - 1)
  for (let next = from; next <= last;) {
    const rows = await database
      .selectFrom('omni_audit')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('seq', '>=', next)
      .where('seq', '<=', last)
      .orderBy('seq')
      .limit(pageSize)
      .execute()
    yield* rows
    const end = rows.at(-1)
    if (end === undefined || rows.length < pageSize) return
    next = end.seq + 1
  }
}
