/** JSON that a person can read and compare: one thing a line, and a list of plain values in one. */
export function jsonText(value: unknown, indent = ''): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    if (value.every(each => each === null || typeof each !== 'object')) {
      return `[${value.map(each => JSON.stringify(each)).join(', ')}]`
    }
    return `[\n${value.map(each => inner + jsonText(each, inner)).join(',\n')}\n${indent}]`
  }
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  if (entries.length === 0) return '{}'
  const lines = entries.map(([key, each]) => `${inner}${JSON.stringify(key)}: ${jsonText(each, inner)}`)
  return `{\n${lines.join(',\n')}\n${indent}}`
}
