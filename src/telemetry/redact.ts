/**
 * The shapes of secrets that must never reach a log, a report or a screen: provider keys by their published
 * prefixes, bearer and basic credentials, passwords in URLs, and `key=value` where the key says it is a secret.
 */
const shapes: readonly (readonly [RegExp, string])[] = [
  [/\b(sk|pk|rk)-[A-Za-z0-9_-]{16,}/g, '$1-[redacted]'],
  [/\b(gh[pousr]|glpat|xox[abprs])[-_][A-Za-z0-9_-]{16,}/g, '$1_[redacted]'],
  [/omni_([0-9a-z]{12})_[0-9A-Za-z]{8,}/g, 'omni_$1_[redacted]'],
  [/\bAKIA[0-9A-Z]{16}\b/g, '[redacted]'],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, '[redacted]'],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, '$1 [redacted]'],
  [/(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@"]{0,256}):[^\s@/"]{1,256}@/gi, '$1:[redacted]@'],
  [
    /("?[A-Za-z0-9_-]{0,64}(?:api[_-]?key|secret|password|passwd|token)"?\s{0,4}[:=]\s{0,4}"?)[^\s",;&}]{4,}/gi,
    '$1[redacted]',
  ],
]

/** The text with everything that looks like a secret replaced. */
export function redact(text: string): string {
  return shapes.reduce((clean, [shape, replacement]) => clean.replace(shape, replacement), text)
}

const secretName = /(?:api[_-]?key|secret|password|passwd|token|authorization|cookie)$/i

/** How deep a structure is followed; beyond, and so for one that contains itself, it is left out. */
const deepest = 8

/**
 * A structure as JSON for a log, with its secrets replaced: in every text, and whole where the name of a field says
 * that it is one.
 */
export function redactFields(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redact(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth === deepest) return '…'
  if (Array.isArray(value)) return value.map(each => redactFields(each, depth + 1))
  if (value instanceof Error) return {name: value.name, message: redact(value.message)}
  if ('toJSON' in value && typeof value.toJSON === 'function') return redactFields(value.toJSON(), depth + 1)
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shown(name, each, depth + 1)]))
}

function shown(name: string, value: unknown, depth: number): unknown {
  const hidden = secretName.test(name) && (typeof value === 'string' || typeof value === 'object') && value !== null
  return hidden ? '[redacted]' : redactFields(value, depth)
}
