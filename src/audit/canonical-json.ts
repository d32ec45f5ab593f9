/** A value that JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | {readonly [key: string]: Json}

/**
 * Writes JSON in one form only, after RFC 8785 (JSON Canonicalization Scheme): no space, members sorted by the UTF-16
 * code units of their names, numbers and strings as ECMAScript serialises them. Members without a value are left out.
 * @throws TypeError for what the scheme excludes: NaN, infinities, lone surrogates, and anything that is not JSON
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return canonicalNumber(value)
  if (typeof value === 'string') return canonicalString(value)
  if (Array.isArray(value)) return `[${value.map(item => canonicalJson(item as Json)).join(',')}]`
  if (typeof value !== 'object') throw new TypeError(`${typeof value} is not JSON`)
  const members = Object.entries(value as Record<string, Json>)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${canonicalString(name)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`${value} is not JSON`)
  return JSON.stringify(value)
}

function canonicalString(value: string): string {
  if (!value.isWellFormed()) throw new TypeError('A string with a lone surrogate has no canonical form')
  return JSON.stringify(value)
}
