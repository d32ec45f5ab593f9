/**
 * What changed between two JSON values, one line per place: `+` only after, `-` only before, `~` another value.
 * Places are paths from the root, such as `commands › rag search › flags › top-k`.
 */
export function differences(before: unknown, after: unknown, path: readonly string[] = []): readonly string[] {
  if (Object.is(before, after)) return []
  const place = path.join(' › ') || '(all)'
  if (before === undefined) return [`+ ${place}: ${brief(after)}`]
  if (after === undefined) return [`- ${place}: ${brief(before)}`]
  if (!isRecord(before) || !isRecord(after) || Array.isArray(before) !== Array.isArray(after)) {
    return [`~ ${place}: ${brief(before)} → ${brief(after)}`]
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return keys.flatMap(key => differences(before[key], after[key], [...path, key]))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

const longest = 160

function brief(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}
