import type {AnonymizationReport} from '../anonymity/anonymization-report.ts'
import type {Risk} from '../anonymity/risk.ts'

/** A report for a person. */
export function describeAnonymization(report: AnonymizationReport, destination: string | undefined): string {
  const {rows, persons, suppressedRows, suppressedShare, informationLoss: loss, risk, search} = report
  const published = rows - suppressedRows
  const lines = [
    destination === undefined
      ? `Would publish ${number(published)} of ${number(rows)} rows`
      : `Wrote ${number(published)} of ${number(rows)} rows to ${destination}`,
    `  ${number(suppressedRows)} suppressed (${percent(suppressedShare)}), ${number(persons)} persons`,
    '',
    ...table([
      ['column', 'level', 'certainty penalty'],
      ...report.attributes.map(({name, level, highestLevel, certaintyPenalty}) => [
        name,
        level === undefined ? 'local' : `${level} of ${highestLevel}`,
        percent(certaintyPenalty),
      ]),
    ]),
    '',
    `Information loss: certainty penalty ${percent(loss.certaintyPenalty)}` +
      (loss.entropyShare === undefined ? '' : `, entropy ${percent(loss.entropyShare)} of the greatest`) +
      `, discernibility ${number(loss.discernibility)}`,
    ...(search
      ? [
          `The optimum of ${number(search.nodes)} generalisations by ${search.objective}: ${number(search.cost)} (${number(search.checked)} looked at)`,
        ]
      : []),
    '',
    'Risk of re-identification, before → after:',
    ...describeRisks([risk.before, risk.after]),
    ...(report.dropped.length > 0 ? ['', `Not published: ${report.dropped.join(', ')}`] : []),
  ]
  return `${lines.join('\n')}\n`
}

/** Risks side by side. */
export function describeRisks(risks: readonly Risk[]): string[] {
  const row = (name: string, value: (risk: Risk) => string) => [name, risks.map(value).join(' → ')]
  return table([
    row('smallest class', risk => number(risk.smallestClass)),
    row('persons who are unique', risk => number(risk.unique)),
    row('prosecutor, highest', risk => percent(risk.prosecutor.highest)),
    row('prosecutor, average', risk => percent(risk.prosecutor.average)),
    row('prosecutor, persons at risk', risk => percent(risk.prosecutor.atRisk)),
    row('journalist, highest', risk => percent(risk.journalist.highest)),
    row('marketer', risk => percent(risk.marketer)),
  ])
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]!.length)))
  return rows.map(
    row =>
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd()}`,
  )
}

function number(value: number): string {
  return value.toLocaleString('en', {maximumFractionDigits: 3})
}

function percent(share: number): string {
  return `${(share * 100).toLocaleString('en', {maximumFractionDigits: 2})} %`
}
