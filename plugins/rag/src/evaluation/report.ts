import {writeFile} from 'node:fs/promises'
import type {ResultComparison} from './compare-results.ts'
import type {EvaluationResult, QueryOutcome} from './evaluation-result.ts'
import type {Figure} from './figures.ts'
import type {GateOutcome} from './gate.ts'
import {measureOf, type MeasureName} from './measures.ts'
import {mean} from './metrics.ts'

export interface Report {
  readonly result: EvaluationResult
  readonly figures: readonly Figure[]
  readonly gates: readonly GateOutcome[]
  readonly comparison: (ResultComparison & {readonly name: string}) | undefined
}

const WORST = 20
const BUCKETS = 10
/** What tells best how a query went, the first that the run has. */
const leading: readonly MeasureName[] = ['accuracy', 'contains_answer', 'ndcg@10', 'citation_recall', 'exact_quote']

/** Writes the page of a run: one file, no script, nothing from elsewhere. */
export async function writeReport(path: string, report: Report): Promise<void> {
  await writeFile(path, reportPage(report), {mode: 0o600})
}

/** The page of a run as HTML; every text from a document, a question or a model is escaped. */
export function reportPage({result, figures, gates, comparison}: Report): string {
  const lead = leading.find(name => figures.some(({measure}) => measure === name))
  const title = `Evaluation of ${result.set}`
  const sections = [
    figureTable(figures),
    gates.length === 0 ? '' : gateTable(gates),
    comparison === undefined ? '' : comparisonTable(comparison),
    lead === undefined ? '' : distribution(lead, result.outcomes),
    lead === undefined ? '' : worstQueries(lead, result.outcomes),
  ]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(subtitle(result))}</p>
${sections.filter(section => section !== '').join('\n')}
</main>
</body>
</html>
`
}

function subtitle({made_at, outcomes, answers, collection}: EvaluationResult): string {
  return [
    `${outcomes.length} queries`,
    ...(collection === null ? [] : [`collection ${collection}`]),
    ...(answers === null ? [] : [answers === 'extract' ? 'extracts' : `answers by ${answers}`]),
    made_at,
  ].join(' · ')
}

function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map(({measure, value, interval, queries}) => {
    const {title, unit} = measureOf(measure)
    const shown = unit === 'share' ? decimal(value) : `${value.toFixed(1)} ${unit}`
    const range = interval === undefined ? '' : `${decimal(interval.low)} to ${decimal(interval.high)}`
    const bar = unit === 'share' ? meter(value, interval) : ''
    return `<tr><th scope="row">${escaped(measure)}<small>${escaped(title)}</small></th><td>${shown}</td><td>${range}</td><td>${bar}</td><td>${queries}</td></tr>`
  })
  return table(
    'Measures, with 95 % intervals by the bootstrap over queries',
    ['Measure', 'Value', 'Interval', '', 'Queries'],
    rows,
  )
}

/** A line from 0 to 1 with the interval on it; what it shows stands beside it in words. */
function meter(value: number, interval: Figure['interval']): string {
  const at = (share: number) => (Math.min(1, Math.max(0, share)) * 100).toFixed(1)
  const band =
    interval === undefined
      ? ''
      : `<rect class="band" x="${at(interval.low)}" y="2" width="${at(interval.high - interval.low)}" height="6"/>`
  return `<svg viewBox="0 0 100 10" width="160" height="16" preserveAspectRatio="none" aria-hidden="true"><rect class="track" x="0" y="4.5" width="100" height="1"/>${band}<rect class="mark" x="${at(value - 0.005)}" y="0" width="1" height="10"/></svg>`
}

function gateTable(gates: readonly GateOutcome[]): string {
  const rows = gates.map(
    ({gate, passed, reason}) =>
      `<tr class="${passed ? 'good' : 'bad'}"><th scope="row">${escaped(gate)}</th><td class="verdict">${passed ? '✓ passed' : '✗ missed'}</td><td>${escaped(reason)}</td></tr>`,
  )
  return table('Gates', ['Gate', 'Outcome', 'Because'], rows)
}

function comparisonTable({name, measures, unpaired}: NonNullable<Report['comparison']>): string {
  const rows = measures.map(each => {
    const state = each.verdict === 'better' ? 'good' : each.verdict === 'worse' ? 'bad' : ''
    const range = each.interval === undefined ? '' : `${signed(each.interval.low)} to ${signed(each.interval.high)}`
    return `<tr class="${state}"><th scope="row">${escaped(each.measure)}</th><td>${decimal(each.before)}</td><td>${decimal(each.after)}</td><td>${signed(each.difference)}</td><td>${range}</td><td>${decimal(each.p)}</td><td>${decimal(each.adjusted)}</td><td class="verdict">${each.verdict}</td><td>${each.improved} / ${each.worsened}</td></tr>`
  })
  const left = unpaired === 0 ? '' : ` ${unpaired} queries are in one of the two only and left out.`
  const head = [
    'Measure',
    'Before',
    'After',
    'Difference',
    '95 % interval',
    'p',
    'p adjusted',
    'Verdict',
    'Better / worse',
  ]
  return `${table(`Against ${name}, by a paired randomisation test`, head, rows)}
<p>p is two-sided; the verdict goes by p adjusted for the number of measures (Holm). “No difference shown” does not mean that there is none.${left}</p>`
}

function distribution(measure: MeasureName, outcomes: readonly QueryOutcome[]): string {
  const counts = countsOf(outcomes.flatMap(({measures}) => measures[measure] ?? []))
  const most = Math.max(1, ...counts.map(({count}) => count))
  const rows = counts.map(({range, count}) => {
    const width = ((count / most) * 100).toFixed(1)
    return `<tr><th scope="row">${range}</th><td>${count}</td><td class="wide"><svg viewBox="0 0 100 10" width="100%" height="12" preserveAspectRatio="none" aria-hidden="true"><rect class="mark" x="0" y="0" width="${width}" height="10"/></svg></td></tr>`
  })
  return table(`How ${measure} is distributed over queries`, [measure, 'Queries', ''], rows)
}

/** Tenths of the range from 0 to 1; of a measure that is only ever 0 or 1, those two. */
function countsOf(values: readonly number[]): {range: string; count: number}[] {
  if (values.every(value => value === 0 || value === 1)) {
    return [0, 1].map(value => ({range: String(value), count: values.filter(each => each === value).length}))
  }
  const counts = Array.from({length: BUCKETS}, () => 0)
  for (const value of values) counts[Math.min(BUCKETS - 1, Math.floor(value * BUCKETS))]! += 1
  return counts.map((count, at) => ({
    range: `${(at / BUCKETS).toFixed(1)} to ${((at + 1) / BUCKETS).toFixed(1)}`,
    count,
  }))
}

function worstQueries(measure: MeasureName, outcomes: readonly QueryOutcome[]): string {
  const quality = (outcome: QueryOutcome) => mean(Object.values(outcome.measures))
  const worst = outcomes
    .filter(({measures}) => (measures[measure] ?? 1) < 1)
    .toSorted((one, other) => one.measures[measure]! - other.measures[measure]! || quality(one) - quality(other))
    .slice(0, WORST)
  if (worst.length === 0) return `<h2>Worst queries</h2>\n<p>No query is below 1 in ${measure}.</p>`
  return `<h2>Worst queries</h2>
<p>The ${worst.length} lowest by ${measure}.</p>
${worst.map(outcome => queryDetails(measure, outcome)).join('\n')}`
}

function queryDetails(measure: MeasureName, outcome: QueryOutcome): string {
  const {question, expected, found, answerable, answer, measures, confidence} = outcome
  const wanted = answerable === false ? ['no answer: the documents do not hold one'] : expected
  const given =
    answerable === null
      ? ''
      : `<dt>Answered</dt><dd>${answer === null ? '<em>refused</em>' : `<p class="text">${escaped(answer)}</p>`}${confidence === null ? '' : `<small>confidence ${decimal(confidence)}</small>`}</dd>`
  const figures = Object.entries(measures).map(([name, value]) => `${escaped(name)} ${decimal(value)}`)
  return `<details>
<summary><span>${decimal(measures[measure]!)}</span> ${escaped(question)}</summary>
<dl><dt>Expected</dt><dd>${list(wanted)}</dd>${given}<dt>Found</dt><dd>${list(found, 'ol')}</dd><dt>Measures</dt><dd>${figures.join(', ')}</dd></dl>
</details>`
}

function list(items: readonly string[], tag: 'ul' | 'ol' = 'ul'): string {
  if (items.length === 0) return '<em>nothing</em>'
  return `<${tag}>${items.map(item => `<li>${escaped(item)}</li>`).join('')}</${tag}>`
}

function table(caption: string, head: readonly string[], rows: readonly string[]): string {
  const cells = head.map(cell => (cell === '' ? '<td></td>' : `<th scope="col">${escaped(cell)}</th>`)).join('')
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(caption)}"><table><caption>${escaped(caption)}</caption><thead><tr>${cells}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`
}

const entities: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;'}

/** Text as HTML may hold it, in elements and in quoted attributes; control and bidirectional characters are left out. */
function escaped(text: string): string {
  return text
    .replaceAll(/(?![\t\n\u200c\u200d])[\p{Cc}\p{Cf}]/gu, '')
    .replaceAll(/[&<>"']/gu, character => entities[character]!)
}

function decimal(value: number): string {
  return value.toFixed(3)
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`
}

const style = `
:root { --text: #1b1f24; --soft: #57606a; --page: #fff; --line: #d0d7de; --mark: #0550ae; --band: #b6d4fe; --good: #116329; --bad: #a40e26 }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9da7b3; --page: #0d1117; --line: #30363d; --mark: #79c0ff; --band: #1f4a80; --good: #56d364; --bad: #ff9492 } }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 64rem; margin: 0 auto; padding: 1.5rem 1rem 4rem }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
caption { text-align: start; font-size: 1.25rem; font-weight: 600; padding: 2rem 0 .5rem }
th, td { text-align: start; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
th small, dd small { display: block; color: var(--soft); font-weight: 400 }
.scroll { overflow-x: auto }
.wide { width: 60% }
.good .verdict { color: var(--good) } .bad .verdict { color: var(--bad) }
.track { fill: var(--line) } .band { fill: var(--band) } .mark { fill: var(--mark) }
h2 { font-size: 1.25rem; margin: 2rem 0 .5rem }
details { border-bottom: 1px solid var(--line); padding: .35rem 0 }
summary { cursor: pointer } summary span { color: var(--soft); font-variant-numeric: tabular-nums }
dl { display: grid; grid-template-columns: 7rem 1fr; gap: .25rem 1rem } dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
dd ul, dd ol { margin: 0; padding-inline-start: 1.25rem } .text { margin: 0; white-space: pre-wrap }
`
