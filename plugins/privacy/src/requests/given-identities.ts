import {InvalidInputError} from '@omni-ops/core/operation'
import type {GivenIdentity} from '@omni-ops/core/privacy'

/** The ways in which a request may say who it is about. */
export interface DescribedSubject {
  readonly user?: string | undefined
  readonly user_id?: string | undefined
  readonly email?: string | undefined
  readonly phone?: string | undefined
  readonly customer_id?: string | undefined
}

/** Nobody was named. */
export class NoSubjectError extends InvalidInputError {
  override readonly code = 'gdpr_no_subject'
}

const phoneShape = /^\+?[\d\s()./-]{6,24}$/

/**
 * What the person can be found by. `user` is whatever is at hand: an e-mail address, a phone number, or an identifier, which may be
 * of any kind that identifiers are of. @throws NoSubjectError where nothing was given
 */
export function givenIdentities(described: DescribedSubject): GivenIdentity[] {
  const given = [
    ...identitiesOfUser(described.user?.trim()),
    ...identity('email', described.email),
    ...identity('phone', described.phone),
    ...identifiers(described.user_id?.trim()),
    ...identity('customer', described.customer_id),
  ]
  const distinct = new Map(given.map(each => [`${each.kind}\0${each.value}`, each]))
  if (distinct.size > 0) return [...distinct.values()]
  throw new NoSubjectError('It is not said who this is about', {
    hint: 'give --user with an e-mail address, a phone number or an identifier; over HTTP one of user, email, phone, user_id, customer_id',
  })
}

function identity(kind: GivenIdentity['kind'], value: string | undefined): GivenIdentity[] {
  const trimmed = value?.trim()
  return trimmed ? [{kind, value: trimmed}] : []
}

function identifiers(value: string | undefined): GivenIdentity[] {
  return value ? (['user', 'principal', 'customer'] as const).map(kind => ({kind, value})) : []
}

function identitiesOfUser(user: string | undefined): GivenIdentity[] {
  if (!user) return []
  if (/^[^\s@]+@[^\s@]+$/.test(user)) return [{kind: 'email', value: user}]
  const digits = user.replaceAll(/\D/g, '').length
  // An identifier may be a number too.
  if (phoneShape.test(user) && digits >= 7 && digits <= 15) return [{kind: 'phone', value: user}, ...identifiers(user)]
  return identifiers(user)
}
