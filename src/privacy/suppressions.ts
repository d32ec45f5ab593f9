import type {Context} from '../operation/context.ts'
import {ConflictError} from '../operation/errors.ts'
import type {Store} from '../store/store.ts'
import type {TenantReader, Unit} from '../store/unit.ts'
import {erasureKey, type ErasureKeyContext} from './erasure-key.ts'
import type {ErasureDatabase} from './erasure-tables.ts'
import {identifiersIn, textsWithin} from './identifier-search.ts'
import type {GivenIdentity} from './personal-store.ts'
import {contentDigest, type Digest, digestsToAsk, mentionDigest} from './suppression-digest.ts'

/** Data of somebody who was erased here would be taken in again. */
export class ErasedPersonError extends ConflictError {
  override readonly code = 'erased_person'
}

/** What is about to be taken in, as far as it can tell whom it is about. */
export interface Intake {
  /** Identities in fields of their own. */
  readonly identities?: readonly GivenIdentity[]
  /** Words, and values with words in them. */
  readonly words?: readonly unknown[]
  /** SHA-256 of the bytes of a file, in hexadecimal. */
  readonly contentHash?: string
}

/** Why something is not taken in; nothing of it says who was erased. */
export interface Suppressed {
  /** The kind of identity that is somebody's who was erased; `content` of a file that was erased, `mentioned` of words. */
  readonly kind: string
  /** When they were erased, ISO 8601. */
  readonly since: string
}

const digestsPerQuery = 500
/** The row that orders erasures and intakes; see {@link awaitIntakes}. */
const fence = {kind: 'fence', digest: ''}

type SuppressionContext = ErasureKeyContext & Pick<Context, 'tenant' | 'store'>

/**
 * Who was erased here and must not come back by an import, a file that is read again, or a form. Whoever takes in data of
 * persons asks `among` before the work, and `within` in the unit of work that writes them down: an erasure that begins
 * then either waits for that unit, and finds what it wrote, or is seen by it.
 */
export class Suppressions {
  readonly #context: SuppressionContext
  readonly #store: Store
  #key: Promise<Buffer> | undefined
  readonly #digests = new WeakMap<Intake, readonly Digest[]>()

  private constructor(context: SuppressionContext, store: Store) {
    this.#context = context
    this.#store = store
  }

  static async open(context: SuppressionContext): Promise<Suppressions> {
    return new Suppressions(context, await context.store())
  }

  /** Which of these are of somebody who was erased, as far as that is known now. @throws NoErasureKeyError, ErasureKeyFileError */
  among<Each extends Intake>(intake: readonly Each[]): Promise<ReadonlyMap<Each, Suppressed>> {
    return this.#find(intake, this.#store.read<ErasureDatabase>(this.#context.tenant))
  }

  /** The same, and no erasure comes in between any more until the unit is committed. */
  async within<Each extends Intake>(unit: Unit, intake: readonly Each[]): Promise<ReadonlyMap<Each, Suppressed>> {
    // SQLite has one writer at a time.
    if (this.#store.dialect === 'postgres') await shareFence(unit)
    return this.#find(intake, unit.database<ErasureDatabase>())
  }

  async #find<Each extends Intake>(
    intake: readonly Each[],
    reader: TenantReader<ErasureDatabase>,
  ): Promise<ReadonlyMap<Each, Suppressed>> {
    const found = new Map<Each, Suppressed>()
    if (intake.length === 0 || !(await hasSuppressions(reader))) return found
    const wanted = new Map<Each, readonly Digest[]>()
    for (const each of intake) wanted.set(each, await this.#digestsOf(each))
    const known = await sinceOf([...new Set([...wanted.values()].flat().map(({digest}) => digest))], reader)
    for (const [each, digests] of wanted) {
      const hit = digests.find(({digest}) => known.has(digest))
      if (hit) found.set(each, {kind: hit.kind, since: known.get(hit.digest)!})
    }
    return found
  }

  async #digestsOf(intake: Intake): Promise<readonly Digest[]> {
    const made = this.#digests.get(intake)
    if (made) return made
    const {tenant} = this.#context
    this.#key ??= erasureKey(this.#store, this.#context, {make: false})
    const key = {key: await this.#key, tenant}
    const {identities = [], words = [], contentHash} = intake
    const digests = identities.flatMap(identity => digestsToAsk(identity, key))
    if (contentHash !== undefined) digests.push(contentDigest(contentHash, key))
    for (const text of textsWithin(words)) {
      const {emails, phones, others} = identifiersIn(text)
      digests.push(
        ...emails.flatMap(value => digestsToAsk({kind: 'email', value}, key)),
        ...phones.flatMap(value => digestsToAsk({kind: 'phone', value}, key)),
        ...others.map(value => mentionDigest(value, key)),
      )
    }
    this.#digests.set(intake, digests)
    return digests
  }
}

/** In words, why something was not taken in. It names nobody: it stands in reports, logs and answers. */
export function describeSuppressed({kind, since}: Suppressed): string {
  const day = since.slice(0, 10)
  switch (kind) {
    case 'content':
      return `this very file was erased on ${day} with a person whom it was about`
    case 'email':
      return `it has the e-mail address of a person who was erased on ${day}`
    case 'phone':
    case 'phone-ending':
      return `it has the telephone number of a person who was erased on ${day}`
    default:
      return `it has an identifier of a person who was erased on ${day}`
  }
}

/** Waits for intakes that have asked and not yet committed; those that come later see what this unit wrote. */
export async function awaitIntakes(unit: Unit, now: string): Promise<void> {
  await unit
    .database<ErasureDatabase>()
    .insertInto('omni_suppressions')
    .values({...fence, since: now})
    .onConflict(conflict => conflict.columns(['kind', 'digest']).doUpdateSet({since: now}))
    .execute()
}

async function shareFence(unit: Unit): Promise<void> {
  const database = unit.database<ErasureDatabase>()
  const locked = () =>
    database
      .selectFrom('omni_suppressions')
      .select('since')
      .where('kind', '=', fence.kind)
      .where('digest', '=', fence.digest)
      .forShare()
      .executeTakeFirst()
  if (await locked()) return
  // The first of all: two who make it at once wait for each other.
  await database
    .insertInto('omni_suppressions')
    .values({...fence, since: ''})
    .onConflict(conflict => conflict.columns(['kind', 'digest']).doNothing())
    .execute()
  await locked()
}

/** Whether anybody was erased here and is refused. */
export async function hasSuppressions(reader: TenantReader<ErasureDatabase>): Promise<boolean> {
  const row = await reader
    .selectFrom('omni_suppressions')
    .select('digest')
    .where('kind', '!=', fence.kind)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Which of these digests are of somebody who was erased, and when they were, ISO 8601. */
export async function sinceOf(
  digests: readonly string[],
  reader: TenantReader<ErasureDatabase>,
): Promise<ReadonlyMap<string, string>> {
  const known = new Map<string, string>()
  for (let from = 0; from < digests.length; from += digestsPerQuery) {
    const rows = await reader
      .selectFrom('omni_suppressions')
      .select(['digest', 'since'])
      .where('digest', 'in', digests.slice(from, from + digestsPerQuery))
      .execute()
    for (const {digest, since} of rows) known.set(digest, since)
  }
  return known
}
