import {type DuckDBAppender, DuckDBDateValue, DuckDBTimestampTZValue} from '@duckdb/node-api'
import {DataSession} from '../data/data-session.ts'
import {quoted} from '../data/quote.ts'
import type {Template} from '../templates/template.ts'
import {type SampleColumns, type SampleOptions, sampleEnd, type SampleRow} from './sample-table.ts'

/** Enough for the longest period of a template and for the one before it. */
const sampleDays = 130

export function sampleOptions(seed: number): SampleOptions {
  return {seed, end: Date.parse(sampleEnd), days: sampleDays}
}

/** The sample data of a type, as if it had been read from files. */
export async function openSample(template: Template, seed: number, signal: AbortSignal): Promise<DataSession> {
  const session = await DataSession.open({files: [], signal})
  try {
    for (const [table, {columns, rows}] of Object.entries(template.sample(sampleOptions(seed)))) {
      const definition = Object.entries(columns).map(([name, type]) => `${quoted(name)} ${type}`)
      await session.query(`CREATE TABLE ${quoted(table)} (${definition.join(', ')})`)
      await session.append(table, appender => {
        for (const row of rows) appendRow(appender, row, columns)
      })
    }
    return session
  } catch (error) {
    await session.close()
    throw error
  }
}

function appendRow(appender: DuckDBAppender, row: SampleRow, columns: SampleColumns): void {
  for (const [name, type] of Object.entries(columns)) {
    const value = row[name]
    if (value === null || value === undefined) appender.appendNull()
    else if (type === 'BIGINT') appender.appendBigInt(BigInt(value))
    else if (type === 'DOUBLE') appender.appendDouble(Number(value))
    else if (type === 'BOOLEAN') appender.appendBoolean(value === true)
    else if (type === 'TIMESTAMPTZ')
      appender.appendTimestampTZ(new DuckDBTimestampTZValue(BigInt(Date.parse(String(value))) * 1000n))
    else if (type === 'DATE') appender.appendDate(new DuckDBDateValue(Date.parse(String(value)) / 86_400_000))
    else appender.appendVarchar(String(value))
  }
  appender.endRow()
}
