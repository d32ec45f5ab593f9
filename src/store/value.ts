import {StoreUsageError} from './errors.ts'

/** What both drivers bind. Booleans are bound as they are on PostgreSQL and as 0 or 1 on SQLite. */
export type BoundValue = null | string | number | bigint | boolean | Buffer

/**
 * Makes a JavaScript value ready for binding, the same on both dialects: a Date becomes ISO 8601 text in UTC, bytes a
 * Buffer, an object or an array JSON text.
 * @throws StoreUsageError for undefined, NaN, an infinity, a symbol or a function: none has a value in SQL
 */
export function boundValue(value: unknown): BoundValue {
  switch (typeof value) {
    case 'string':
    case 'bigint':
    case 'boolean':
      return value
    case 'number':
      if (!Number.isFinite(value)) throw new StoreUsageError(`${value} cannot be stored`)
      return value
    case 'object':
      return boundObject(value)
    default:
      throw new StoreUsageError(`A value of type ${typeof value} cannot be stored`)
  }
}

function boundObject(value: object | null): BoundValue {
  if (value === null) return null
  if (value instanceof Date) return value.toISOString()
  if (Buffer.isBuffer(value)) return value
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return JSON.stringify(value)
}

/** An integer column's value as a number. @throws StoreUsageError where a double would round it */
export function safeNumber(value: bigint): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) {
    throw new StoreUsageError(`${value} is too large for an integer column; declare it as column.bigint()`)
  }
  return number
}
