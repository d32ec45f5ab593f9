import {ConflictError, InvalidInputError, NotFoundError} from '../operation/errors.ts'
import type {TenantReader, Unit} from '../store/unit.ts'
import type {ErasureContext} from './erasure-context.ts'
import {ErasureHistory} from './erasure-history.ts'
import type {ErasureDatabase} from './erasure-tables.ts'
import {identifiersIn, IdentifierSearch} from './identifier-search.ts'
import type {GivenIdentity} from './personal-store.ts'
import {digestsToAsk, digestsToKeep} from './suppression-digest.ts'
import {awaitIntakes, hasSuppressions, sinceOf} from './suppressions.ts'
import {tombstoneFile} from './tombstone-file.ts'
import {appendToErasureList, sealLifted} from './tombstones.ts'

/** Nobody of this description was erased here, or they were let in again already. */
export class NotSuppressedError extends NotFoundError {
  override readonly code = 'not_suppressed'
}

/** The person is still being erased: what they bring now would go as well. */
export class UnfinishedErasureError extends ConflictError {
  override readonly code = 'erasure_unfinished'
}

/** A reason is kept for good in the audit log, which names nobody. */
export class NamingReasonError extends InvalidInputError {
  override readonly code = 'reason_names_somebody'
}

/** An identity of somebody who was erased, and who is not taken in again. */
export interface SuppressedIdentity extends GivenIdentity {
  /** When they were erased, ISO 8601. */
  readonly since: string
}

export interface SuppressedPerson {
  /** Of those that were given, the ones that are refused. */
  readonly given: readonly SuppressedIdentity[]
  /** Those that were erased together with them and are refused as well, as far as the list of erasures still knows. */
  readonly linked: readonly SuppressedIdentity[]
}

/** Who is to be let in again. */
export interface Lift {
  readonly given: readonly GivenIdentity[]
  /** Also the identities that were erased together with those that are given. */
  readonly linked: boolean
  /** Why, as it stands in the audit log. */
  readonly reason: string
}

/** What came of a lift, or would. */
export interface Lifted {
  /** Null where it was only rehearsed. */
  readonly id: string | null
  readonly lifted: readonly SuppressedIdentity[]
  /** What was erased together with these and is still refused. */
  readonly left: readonly SuppressedIdentity[]
}

/** Whether somebody of this description was erased here and is refused. @throws ErasureKeyFileError, NoErasureKeyError, AmbiguousIdentityError */
export async function suppressedPerson(
  given: readonly GivenIdentity[],
  context: ErasureContext,
): Promise<SuppressedPerson> {
  const store = await context.store()
  const reader = store.read<ErasureDatabase>(context.tenant)
  if (!(await hasSuppressions(reader))) return {given: [], linked: []}
  const history = await ErasureHistory.read(store, context)
  return findSuppressed(given, history, reader)
}

/**
 * Lets somebody in again who was erased here and has come back: what is known of them from now on is not refused any more.
 * Files that were erased with them stay refused, since nobody who comes back brings back what was deleted.
 * @throws NotSuppressedError, UnfinishedErasureError, AmbiguousIdentityError, NamingReasonError, TombstoneFileError
 */
export async function liftSuppression(lift: Lift, context: ErasureContext): Promise<Lifted> {
  const {tenant, random, clock} = context
  const id = random.id()
  const audit = ({lifted, left}: Lifted) => ({
    action: 'suppression.lifted',
    resource: `suppression-lift:${id}`,
    details: {reason: lift.reason, lifted: lifted.length, left: left.length},
  })
  const store = await context.store()
  return store.unit(context, {audit}, async unit => {
    const at = clock.now().toISOString()
    // No erasure of the same person begins before this is committed.
    await awaitIntakes(unit, at)
    const {history, ...planned} = await plan(lift, unit.database<ErasureDatabase>(), context)
    const {lifted} = planned
    await forget(lifted, history.without(lifted), history, unit)
    const sealed = sealLifted(lifted, {key: history.key, tenant, id, random})
    await appendToErasureList(tombstoneFile(context), {tenant, lift: id, at, sealed})
    return {id, ...planned}
  })
}

/** What a lift would come to. @throws what {@link liftSuppression} does */
export async function rehearseLift(lift: Lift, context: ErasureContext): Promise<Lifted> {
  const reader = (await context.store()).read<ErasureDatabase>(context.tenant)
  const {lifted, left} = await plan(lift, reader, context)
  return {id: null, lifted, left}
}

/**
 * Lifts again what was lifted before the data were put back: an erasure that is done again suppresses whom it was about.
 * @throws ErasureKeyFileError, NoErasureKeyError
 */
export async function liftAgain(context: ErasureContext): Promise<void> {
  const store = await context.store()
  const history = await ErasureHistory.read(store, context)
  if (history.lifted.length === 0) return
  await store.unit(context, {audit: false}, unit => forget(history.lifted, history.standing, history, unit))
}

type Reader = TenantReader<ErasureDatabase>

async function plan({given, linked, reason}: Lift, reader: Reader, context: ErasureContext) {
  if (!(await hasSuppressions(reader))) throw notSuppressed()
  const history = await ErasureHistory.read(await context.store(), context)
  const found = await findSuppressed(given, history, reader)
  if (found.given.length === 0) throw notSuppressed()
  assertNamesNobody(reason, [...given, ...found.given, ...found.linked])
  const lifted = linked ? [...found.given, ...found.linked] : found.given
  await assertFinished(history.erasuresOf(lifted), reader)
  return {history, lifted, left: linked ? [] : found.linked}
}

async function findSuppressed(
  given: readonly GivenIdentity[],
  history: ErasureHistory,
  reader: Reader,
): Promise<SuppressedPerson> {
  const asErased = given.map(identity => history.asErased(identity) ?? identity)
  const found = await refused(asErased, history, reader)
  return {given: found, linked: await refused(history.linkedTo(found), history, reader)}
}

async function refused(
  identities: readonly GivenIdentity[],
  {digestKey}: ErasureHistory,
  reader: Reader,
): Promise<SuppressedIdentity[]> {
  const asked = identities.map(identity => ({identity, digests: digestsToAsk(identity, digestKey)}))
  const since = await sinceOf([...new Set(asked.flatMap(each => each.digests.map(({digest}) => digest)))], reader)
  return asked.flatMap(({identity, digests}) => {
    const hit = digests.find(({digest}) => since.has(digest))
    return hit === undefined ? [] : [{kind: identity.kind, value: identity.value, since: since.get(hit.digest)!}]
  })
}

/** Deletes the digests of some that are not those of others as well: two numbers may end alike. */
async function forget(
  identities: readonly GivenIdentity[],
  others: readonly GivenIdentity[],
  history: ErasureHistory,
  unit: Unit,
): Promise<void> {
  const digestsOf = (each: GivenIdentity) => [
    ...digestsToKeep(each, history.digestKey),
    ...digestsToAsk(each, history.digestKey),
  ]
  const needed = new Set(others.flatMap(digestsOf).map(({digest}) => digest))
  const digests = identities.flatMap(digestsOf).filter(({digest}) => !needed.has(digest))
  for (const {kind, digest} of digests) {
    await unit
      .database<ErasureDatabase>()
      .deleteFrom('omni_suppressions')
      .where('kind', '=', kind)
      .where('digest', '=', digest)
      .execute()
  }
}

async function assertFinished(erasures: readonly string[], reader: Reader): Promise<void> {
  if (erasures.length === 0) return
  const finished = await reader
    .selectFrom('omni_erasures')
    .select('id')
    .where('id', 'in', erasures)
    .where('finished_at', 'is not', null)
    .execute()
  if (finished.length === erasures.length) return
  throw new UnfinishedErasureError(
    'The erasure of this person is not finished: what they bring now would be erased too',
    {
      hint: 'finish it first: omni gdpr request list shows it, omni gdpr request run goes on with it',
    },
  )
}

function assertNamesNobody(reason: string, identities: readonly GivenIdentity[]): void {
  const search = new IdentifierSearch({identities: identities.map(identity => ({...identity, via: 'given'}))})
  if (search.mentionedIn(reason).length === 0 && identifiersIn(reason).emails.length === 0) return
  throw new NamingReasonError('The reason names the person, and it is kept for good', {
    hint: 'say why without saying who, such as the number of a contract',
  })
}

function notSuppressed(): NotSuppressedError {
  return new NotSuppressedError('Nobody of this description was erased here, or they were let in again already', {
    hint: 'give the identifier by which they were erased: omni gdpr suppression check --user …',
  })
}
