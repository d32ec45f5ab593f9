import {
  type DuckDBAppender,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
} from '@duckdb/node-api'
import {UnreadableDataError} from '../errors.ts'
import type {OriginKind} from '../table-origin.ts'

/** How a column of PostgreSQL becomes one of DuckDB, without a loss. */
export interface ColumnCopy {
  readonly name: string
  /** As DuckDB calls it. */
  readonly type: string
  /** Takes a value as PostgreSQL writes it, with `DateStyle` ISO in UTC. */
  readonly append: (appender: DuckDBAppender, value: string) => void
}

export interface ColumnOrigin {
  readonly name: string
  /** Of the type, or of what a domain is over. */
  readonly typeId: number
  readonly typeModifier: number
  /** Of a type that an extension or the user made: `S` for text, `E` for an enumeration. */
  readonly category: string | undefined
}

/** Identifiers of types that never change: src/include/catalog/pg_type.dat. */
const wholeNumbers: ReadonlySet<number> = new Set([20, 21, 23])
const binaryNumbers: ReadonlySet<number> = new Set([700, 701])
/** `char`, `name`, `text`, `character(n)`, `character varying(n)`, `uuid`. */
const texts: ReadonlySet<number> = new Set([18, 19, 25, 1042, 1043, 2950])
const paddedText = 1042
export const numeric = 1700
const [boolean, date, timestamp, timestamptz] = [16, 1082, 1114, 1184]

/** The digits of DuckDB's widest decimal. */
const mostDigits = 38

/** Undefined for what no figure, axis or name is made of: bytes, JSON, arrays, intervals, places. */
export function columnCopy(origin: ColumnOrigin, scale: number | undefined): ColumnCopy | undefined {
  const {name, typeId, category} = origin
  const wrong = (value: string, why: string) =>
    new UnreadableDataError(`${name} holds ${value}, ${why}`, {hint: 'leave such rows out, in a view'})
  if (wholeNumbers.has(typeId)) {
    return {name, type: 'BIGINT', append: (appender, value) => appender.appendBigInt(BigInt(value))}
  }
  if (binaryNumbers.has(typeId)) {
    return {
      name,
      type: 'DOUBLE',
      append(appender, value) {
        if (!Number.isFinite(Number(value))) throw wrong(value, 'of which no figure can be made')
        appender.appendDouble(Number(value))
      },
    }
  }
  if (typeId === numeric) return decimal(origin, scale ?? 0, wrong)
  if (typeId === boolean) {
    return {name, type: 'BOOLEAN', append: (appender, value) => appender.appendBoolean(value === 't')}
  }
  if (typeId === date) {
    return {
      name,
      type: 'DATE',
      append(appender, value) {
        const milliseconds = dayOf(value)
        if (milliseconds === undefined) throw wrong(value, 'which is no day of a calendar')
        appender.appendDate(new DuckDBDateValue(milliseconds / 86_400_000))
      },
    }
  }
  if (typeId === timestamp || typeId === timestamptz) {
    const zoned = typeId === timestamptz
    return {
      name,
      type: zoned ? 'TIMESTAMPTZ' : 'TIMESTAMP',
      append(appender, value) {
        const microseconds = momentOf(value)
        if (microseconds === undefined) throw wrong(value, 'which is no moment')
        if (zoned) appender.appendTimestampTZ(new DuckDBTimestampTZValue(microseconds))
        else appender.appendTimestamp(new DuckDBTimestampValue(microseconds))
      },
    }
  }
  if (!texts.has(typeId) && category !== 'S' && category !== 'E') return undefined
  return {name, type: 'VARCHAR', append: (appender, value) => appender.appendVarchar(value)}
}

/**
 * What a column holds, as far as SQL on it has one meaning here and in DuckDB: not `char(n)`, whose spaces at the end
 * count in one place and not in the other, nor text of extensions, which may compare it in their own way.
 */
export function originKind({typeId, category}: ColumnOrigin): OriginKind {
  if (wholeNumbers.has(typeId)) return 'whole'
  if (binaryNumbers.has(typeId)) return 'binary'
  if (typeId === numeric) return 'decimal'
  if (typeId === boolean) return 'boolean'
  if (typeId === date) return 'date'
  if (typeId === timestamp) return 'timestamp'
  if (typeId === timestamptz) return 'timestamptz'
  return (texts.has(typeId) && typeId !== paddedText) || category === 'E' ? 'text' : 'other'
}

/** Precision and scale of `numeric(p, s)`, as its modifier has them; undefined where any number fits. */
export function declaredDecimal({typeModifier}: ColumnOrigin): {precision: number; scale: number} | undefined {
  if (typeModifier < 4) return undefined
  const packed = typeModifier - 4
  // Since PostgreSQL 15 a scale has 11 bits and a sign.
  const scale = ((packed & 0x7ff) ^ 1024) - 1024
  const precision = (packed >> 16) & 0xffff
  return precision > mostDigits || scale < 0 || scale > precision ? undefined : {precision, scale}
}

function decimal(
  origin: ColumnOrigin,
  found: number,
  wrong: (value: string, why: string) => UnreadableDataError,
): ColumnCopy {
  const {precision, scale} = declaredDecimal(origin) ?? {precision: mostDigits, scale: found}
  const most = 10n ** BigInt(precision)
  return {
    name: origin.name,
    type: `DECIMAL(${precision}, ${scale})`,
    append(appender, value) {
      const [, sign, whole, part = ''] = /^(-?)(\d+)(?:\.(\d*))?$/.exec(value) ?? []
      if (whole === undefined) throw wrong(value, 'of which no figure can be made')
      const digits = BigInt(whole + part.padEnd(scale, '0'))
      if (part.length > scale || digits >= most) throw wrong(value, `which has more than ${mostDigits} digits`)
      appender.appendDecimal(new DuckDBDecimalValue(sign === '-' ? -digits : digits, precision, scale))
    },
  }
}

/** Milliseconds since 1970 of `2026-03-29`; undefined for `infinity` and for days before the year 1. */
function dayOf(value: string): number | undefined {
  const [, year, rest] = /^(\d{4,6})(-\d\d-\d\d)$/.exec(value) ?? []
  return year === undefined ? undefined : Date.parse(`${extended(year)}${rest}T00:00:00Z`)
}

/** Microseconds since 1970 of `2026-03-29 01:02:03.456789+00`; undefined for `infinity` and before the year 1. */
export function momentOf(value: string): bigint | undefined {
  const [, year, rest, time, fraction = ''] =
    /^(\d{4,6})(-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:\+00)?$/.exec(value) ?? []
  if (year === undefined) return undefined
  const seconds = Date.parse(`${extended(year)}${rest}T${time}Z`)
  return BigInt(seconds) * 1000n + BigInt(fraction.padEnd(6, '0'))
}

/** ECMAScript writes years of more than four digits with a sign and six. */
const extended = (year: string) => (year.length === 4 ? year : `+${year.padStart(6, '0')}`)
