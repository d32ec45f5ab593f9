import type {Context} from '../operation/context.ts'
import type {GivenIdentity, Subject} from './personal-store.ts'
import {resolveSubject} from './resolve-subject.ts'
import {SqlPlaces} from './sql-place.ts'
import {storeRows} from './sql-rows.ts'

/**
 * Who these identities stand for, by the links that rows declare: what `PersonalDataMap.resolve` tells, without opening
 * every place. For who asks often, such as about a consent.
 */
export async function joinedIdentities(given: readonly GivenIdentity[], context: Context): Promise<Subject> {
  const rows = await storeRows(await context.store(), context)
  return resolveSubject(given, new SqlPlaces(rows, await context.registry.privacy()))
}
