/** JSON in which a bigint is its decimal digits in a text, as no other number of JSON keeps them all. */
export function jsonText(value: unknown): string {
  // With a function for its replacer JSON.stringify takes several times as long, and most values hold no bigint.
  try {
    return JSON.stringify(value) ?? 'null'
  } catch {
    return JSON.stringify(value, bigintAsText) ?? 'null'
  }
}

function bigintAsText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
