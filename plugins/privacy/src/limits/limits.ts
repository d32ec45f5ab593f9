import {type Context, InvalidInputError, NotFoundError} from '@omni-ops/core/operation'
import {
  type GivenIdentity,
  IdentifierSearch,
  type Identity,
  noLimits,
  type OpenProcessingLimits,
  type ProcessingLimits,
} from '@omni-ops/core/privacy'
import type {Unit} from '@omni-ops/core/store'
import type {Right} from '../requests/right.ts'
import type {LimitKind, LimitTables} from './tables.ts'

/** What somebody's data may not be used for. */
export interface Limit {
  readonly id: string
  readonly kind: LimitKind
  readonly purpose: string
  readonly subject: GivenIdentity
  readonly since: string
  readonly liftedAt: string | null
  readonly request: string | null
}

export class LimitNotFoundError extends NotFoundError {
  override readonly code = 'gdpr_limit_not_found'
}

/** An objection to nothing. */
export class NoPurposeError extends InvalidInputError {
  override readonly code = 'gdpr_no_purpose'
}

/** What a right limits: a restriction everything but storage (18(2)), an opt-out the sale and sharing of data. */
export function limitsOf(
  right: Right,
  purposes: readonly string[],
): {readonly kind: LimitKind; readonly purposes: readonly string[]} {
  switch (right) {
    case 'restriction':
      return {kind: 'restriction', purposes: ['*']}
    case 'opt_out':
      return {kind: 'opt_out', purposes: ['sale', 'sharing', 'marketing']}
    case 'limit':
      return {kind: 'limit', purposes: ['sensitive']}
    default:
      if (purposes.length > 0) return {kind: 'objection', purposes}
      throw new NoPurposeError('It is not said to which purpose the person objects', {
        hint: 'give --purpose marketing, or another one',
      })
  }
}

/** Puts limits on all identities of a person; what is there already stays, and what was lifted is in force again. */
export async function placeLimits(
  {
    kind,
    purposes,
    identities,
    request,
  }: {
    readonly kind: LimitKind
    readonly purposes: readonly string[]
    readonly identities: readonly GivenIdentity[]
    readonly request: string | null
  },
  unit: Unit,
  context: Context,
): Promise<void> {
  const since = context.clock.now().toISOString()
  for (const purpose of purposes) {
    for (const {kind: subject_kind, value: subject_value} of identities) {
      await unit
        .database<LimitTables>()
        .insertInto('privacy_limits')
        .values({id: context.random.id(), request, kind, purpose, subject_kind, subject_value, since})
        .onConflict(conflict =>
          conflict
            .columns(['kind', 'purpose', 'subject_kind', 'subject_value'])
            .doUpdateSet({lifted_at: null, request}),
        )
        .execute()
    }
  }
}

export async function listLimits(context: Context): Promise<Limit[]> {
  const rows = await (
    await context.store()
  )
    .read<LimitTables>(context.tenant)
    .selectFrom('privacy_limits')
    .selectAll()
    .orderBy('id')
    .execute()
  return rows.map(row => ({
    id: row.id,
    kind: row.kind,
    purpose: row.purpose,
    subject: {kind: row.subject_kind as GivenIdentity['kind'], value: row.subject_value},
    since: row.since,
    liftedAt: row.lifted_at,
    request: row.request,
  }))
}

/**
 * Lifts the limits of a request. A person who got a restriction is told before it is lifted (GDPR, article 18(3)): that is for
 * whoever lifts it to do. @throws LimitNotFoundError where none is in force
 */
export async function liftLimits(request: string, context: Context): Promise<number> {
  const store = await context.store()
  return store.unit(context, {audit: {action: 'limits.lifted', resource: `privacy-request:${request}`}}, async unit => {
    const {numUpdatedRows} = await unit
      .database<LimitTables>()
      .updateTable('privacy_limits')
      .set({lifted_at: context.clock.now().toISOString()})
      .where('request', '=', request)
      .where('lifted_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) {
      throw new LimitNotFoundError(`No limit of the request ${request} is in force`, {hint: 'omni gdpr limit list'})
    }
    return Number(numUpdatedRows)
  })
}

/** What the kernel's contract asks of the plugin that keeps limits. */
export const openProcessingLimits: OpenProcessingLimits = async (context, purpose) => {
  const rows = await (
    await context.store()
  )
    .read<LimitTables>(context.tenant)
    .selectFrom('privacy_limits')
    .select(['subject_kind', 'subject_value'])
    .where('lifted_at', 'is', null)
    .where('purpose', 'in', ['*', purpose])
    .execute()
  if (rows.length === 0) return noLimits
  return limitsOn(
    rows.map(({subject_kind, subject_value}) => ({
      kind: subject_kind as Identity['kind'],
      value: subject_value,
      via: 'given' as const,
    })),
  )
}

function limitsOn(identities: readonly Identity[]): ProcessingLimits {
  const search = new IdentifierSearch({identities})
  return {
    none: false,
    admits: texts => texts.every(text => text === undefined || search.mentionedIn(text).length === 0),
  }
}
