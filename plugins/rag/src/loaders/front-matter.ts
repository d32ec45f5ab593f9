import type {MetadataValue} from '../documents/document.ts'

const MOST_KEYS = 100
const LONGEST_VALUE = 1000

/**
 * The YAML of a front matter as metadata: scalars and lists of scalars; nested mappings by dotted keys; null is left
 * out. What is no valid YAML mapping gives no metadata: a document is not refused for its front matter.
 */
export async function metadataOf(yaml: string): Promise<Readonly<Record<string, MetadataValue>>> {
  const {parse} = await import('yaml')
  let value: unknown
  try {
    value = parse(yaml, {logLevel: 'error', maxAliasCount: 20})
  } catch {
    return {}
  }
  const metadata = new Map<string, MetadataValue>()
  if (isMapping(value)) collect('', value, metadata)
  return Object.fromEntries(metadata)
}

function collect(prefix: string, mapping: Record<string, unknown>, into: Map<string, MetadataValue>): void {
  for (const [key, value] of Object.entries(mapping)) {
    if (into.size >= MOST_KEYS) return
    if (isMapping(value)) {
      collect(`${prefix}${key}.`, value, into)
      continue
    }
    const scalar = Array.isArray(value)
      ? value.filter(isScalar).map(item => text(item))
      : isScalar(value)
        ? value
        : undefined
    if (scalar !== undefined) into.set(prefix + key, typeof scalar === 'string' ? text(scalar) : scalar)
  }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isScalar(value: unknown): value is string | number | boolean {
  return (
    typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
  )
}

function text(value: string | number | boolean): string {
  return String(value).slice(0, LONGEST_VALUE).toWellFormed()
}
