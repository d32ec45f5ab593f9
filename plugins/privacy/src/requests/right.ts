/** The laws a request can be made under. */
export type {Regime} from '../clock/index.ts'

/**
 * What a person can ask for. The first six are of Regulation (EU) 2016/679 (articles 15 to 18, 20 and 21); `know_categories`,
 * `know_specific`, `delete`, `correct`, `opt_out` and `limit` of the CCPA (Cal. Civ. Code 1798.100 to 1798.121).
 */
export type Right =
  | 'access'
  | 'rectification'
  | 'erasure'
  | 'restriction'
  | 'portability'
  | 'objection'
  | 'know_categories'
  | 'know_specific'
  | 'delete'
  | 'correct'
  | 'opt_out'
  | 'limit'

/** What carrying out a request does, whatever the law calls it. */
export type Measure = 'disclose' | 'erase' | 'rectify' | 'limit'

const measures: Readonly<Record<Right, Measure>> = {
  access: 'disclose',
  portability: 'disclose',
  know_categories: 'disclose',
  know_specific: 'disclose',
  erasure: 'erase',
  delete: 'erase',
  rectification: 'rectify',
  correct: 'rectify',
  restriction: 'limit',
  objection: 'limit',
  opt_out: 'limit',
  limit: 'limit',
}

export function measureOf(right: Right): Measure {
  return measures[right]
}

const citations: Readonly<Record<Right, string>> = {
  access: 'GDPR, Article 15',
  rectification: 'GDPR, Article 16',
  erasure: 'GDPR, Article 17',
  restriction: 'GDPR, Article 18',
  portability: 'GDPR, Article 20',
  objection: 'GDPR, Article 21',
  know_categories: 'Cal. Civ. Code 1798.110',
  know_specific: 'Cal. Civ. Code 1798.110',
  delete: 'Cal. Civ. Code 1798.105',
  correct: 'Cal. Civ. Code 1798.106',
  opt_out: 'Cal. Civ. Code 1798.120',
  limit: 'Cal. Civ. Code 1798.121',
}

/** Where the right is laid down. */
export function citationOf(right: Right): string {
  return citations[right]
}

/**
 * Whether recipients are told of it: corrections, erasures and restrictions (GDPR, article 19); deletions, opt-outs and limits
 * (11 CCR 7022(b) and (c), 7026(f), 7027(g)).
 */
export function isToldToRecipients(right: Right): boolean {
  return measureOf(right) !== 'disclose' && right !== 'objection'
}

/**
 * Whether it has to be made sure who asks: not for opting out and limiting (11 CCR 7060(b)), nor for categories of data, which
 * is what an unverified request for the data themselves becomes (11 CCR 7024(a)).
 */
export function needsVerification(right: Right): boolean {
  return right !== 'opt_out' && right !== 'limit' && right !== 'know_categories'
}
