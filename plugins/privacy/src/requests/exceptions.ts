import {InvalidInputError} from '@omni-ops/core/operation'

/** Why something may be left undone, as the law says it; our own words, its numbers. */
export interface LegalException {
  readonly code: string
  readonly citation: string
  readonly reason: string
}

/** GDPR, articles 12(5), 15(4), 17(3) and 20; Cal. Civ. Code 1798.105(d) and 11 CCR 7024(d). */
export const legalExceptions: readonly LegalException[] = [
  {
    code: 'expression',
    citation: 'GDPR, Article 17(3)(a)',
    reason: 'needed for the freedom of expression and information',
  },
  {
    code: 'legal_obligation',
    citation: 'GDPR, Article 17(3)(b)',
    reason: 'a law requires that it is kept, or it serves a task in the public interest',
  },
  {code: 'public_health', citation: 'GDPR, Article 17(3)(c)', reason: 'needed for public health'},
  {
    code: 'archiving',
    citation: 'GDPR, Article 17(3)(d)',
    reason: 'needed for archiving, research or statistics, which erasure would seriously impair',
  },
  {
    code: 'legal_claims',
    citation: 'GDPR, Article 17(3)(e)',
    reason: 'needed to establish, exercise or defend legal claims',
  },
  {code: 'rights_of_others', citation: 'GDPR, Article 15(4)', reason: 'it would tell of other persons'},
  {
    code: 'manifestly_unfounded',
    citation: 'GDPR, Article 12(5)(b)',
    reason: 'the request is manifestly unfounded or excessive',
  },
  {code: 'not_identified', citation: 'GDPR, Article 12(2)', reason: 'the person cannot be identified'},
  {
    code: 'transaction',
    citation: 'Cal. Civ. Code 1798.105(d)(1)',
    reason: 'needed to complete the transaction it was collected for',
  },
  {code: 'security', citation: 'Cal. Civ. Code 1798.105(d)(2)', reason: 'needed for security and integrity'},
  {
    code: 'legal_compliance',
    citation: 'Cal. Civ. Code 1798.105(d)(8)',
    reason: 'needed to comply with a legal obligation',
  },
]

/** No such exception. */
export class UnknownExceptionError extends InvalidInputError {
  override readonly code = 'gdpr_unknown_exception'
}

/** @throws UnknownExceptionError for none, or for a code that is none */
export function exceptionNamed(code: string | undefined): LegalException {
  const found = legalExceptions.find(each => each.code === code)
  if (found !== undefined) return found
  throw new UnknownExceptionError(
    code === undefined ? 'Something is left undone only for a reason' : `There is no exception ${code}`,
    {hint: `give --exception with one of ${legalExceptions.map(each => each.code).join(', ')}`},
  )
}

export const heldException = exceptionNamed('legal_claims')

/** A record that is found by an address alone that several people have. */
export const sharedIdentity: Omit<LegalException, 'code'> = {
  citation: 'GDPR, Article 15(4)',
  reason: 'found by an address alone that several people share; nobody has said that it is about this person',
}
