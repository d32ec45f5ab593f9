import type {DisclosedRecord, Disclosure} from './archive-content.ts'
import {delimitedRows} from './delimited-rows.ts'
import {escaped} from './markup.ts'

export const portableFormats = ['json', 'csv', 'xml'] as const
export type PortableFormat = (typeof portableFormats)[number]

/** One document that a machine can read (GDPR, article 20(1)); CSV has a line for each field of each record. */
export function portableDocument(
  {request}: Disclosure,
  records: readonly DisclosedRecord[],
  format: PortableFormat,
): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify({request: request.id, records: records.map(({place, record, data}) => ({place, record, ...data}))}, null, 2)}\n`
    case 'csv':
      return delimitedRows(records.flatMap(linesOf))
    case 'xml':
      return xmlDocument(request.id, records)
  }
}

function linesOf({place, record, data}: DisclosedRecord) {
  return fieldsOf(data).map(([field, value]) => ({place, record, field, value}))
}

function xmlDocument(request: string, records: readonly DisclosedRecord[]): string {
  const elements = records.map(({place, record, data}) => {
    const fields = fieldsOf(data).map(
      ([name, value]) => `    <field name="${escaped(name)}">${escaped(textOf(value))}</field>`,
    )
    return [`  <record place="${escaped(place)}" key="${escaped(record)}">`, ...fields, '  </record>'].join('\n')
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<personal-data request="${escaped(request)}">`,
    ...elements,
    '</personal-data>',
    '',
  ].join('\n')
}

function fieldsOf(data: DisclosedRecord['data']): [string, unknown][] {
  return Object.entries((data?.fields ?? {}) as Readonly<Record<string, unknown>>)
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
