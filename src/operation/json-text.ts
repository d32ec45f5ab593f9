/** JSON in which a bigint is its decimal digits in a text, as no other number of JSON keeps them all. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, bigintAsText) ?? 'null'
}

function bigintAsText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
