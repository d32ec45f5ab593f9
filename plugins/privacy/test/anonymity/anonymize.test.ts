import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {anonymize, measureRisk} from '../../src/anonymity/anonymize.ts'
import type {AnonymizationRequest} from '../../src/anonymity/anonymization-request.ts'
import {LatticeTooLargeError, NotAnonymizableError, SourceChangedError, TableError} from '../../src/anonymity/errors.ts'
import {tableOf, type TableSource} from '../../src/table/table-source.ts'

const header = ['patient', 'name', 'age', 'zip', 'diagnosis']

const request: AnonymizationRequest = {
  quasiIdentifiers: [
    {name: 'age', hierarchy: {kind: 'interval', width: 10}},
    {name: 'zip', hierarchy: {kind: 'redaction'}},
  ],
  sensitive: [],
  keep: ['diagnosis'],
  k: 3,
  suppressionLimit: 0,
  algorithm: 'optimal',
  objective: 'loss',
  riskThreshold: 0.2,
}

async function published(source: TableSource, changes: Partial<AnonymizationRequest> = {}) {
  const result = await anonymize(source, {...request, ...changes})
  const rows: (readonly string[])[] = []
  for await (const row of result.rows()) rows.push(row)
  return {...result, rows}
}

const patient = fc.record({
  id: fc.nat({max: 30}),
  age: fc.integer({min: 18, max: 95}),
  zip: fc.integer({min: 1000, max: 1040}),
  diagnosis: fc.constantFrom('flu', 'cold', 'gout'),
})

const patients = fc.array(patient, {minLength: 3, maxLength: 60}).map(all =>
  tableOf(
    'patients',
    header,
    all.map(({id, age, zip, diagnosis}) => [`P${id}`, `Name ${id}`, String(age), String(zip), diagnosis]),
  ),
)

test('what is published has k persons behind every combination of quasi-identifiers', async () => {
  let anonymised = 0
  const algorithm = fc.constantFrom('optimal' as const, 'mondrian' as const)
  await fc.assert(
    fc.asyncProperty(patients, fc.boolean(), algorithm, fc.constantFrom(0, 0.2), async (source, grouped, by, limit) => {
      const changes = {algorithm: by, suppressionLimit: limit, ...(grouped ? {person: 'patient'} : {})}
      const all: (readonly string[])[] = []
      for await (const row of source.rows()) all.push(row)
      const result = await published(source, {
        ...changes,
        keep: grouped ? ['diagnosis'] : ['diagnosis', 'patient'],
      }).catch(error => {
        expect(error).toBeInstanceOf(NotAnonymizableError)
      })
      if (!result) return
      anonymised++
      const {rows, report} = result
      expect(rows.length).toBe(all.length - report.suppressedRows)
      expect(report.suppressedRows).toBeLessThanOrEqual(limit * all.length)
      if (grouped) return
      const classes = Object.values(Object.groupBy(rows, row => JSON.stringify([row[1], row[2]])))
      for (const members of classes) expect(members?.length).toBeGreaterThanOrEqual(3)
    }),
    {numRuns: 300},
  )
  expect(anonymised).toBeGreaterThan(200)
})

test('one person with many rows does not hide anybody', async () => {
  const rows = [
    ...Array.from({length: 9}, () => ['P1', 'Ana', '40', '1000', 'flu']),
    ['P2', 'Bor', '41', '1000', 'flu'],
  ]
  const source = tableOf('patients', header, rows)
  await expect(published(source, {person: 'patient'})).rejects.toThrow(NotAnonymizableError)
  const {report} = await published(source)
  expect(report.risk.after.smallestClass).toBeGreaterThanOrEqual(3)
})

test('columns without a role are not published, the others keep their order', async () => {
  const rows = Array.from({length: 6}, (_, index) => [`P${index}`, `Name ${index}`, '40', '1000', 'flu'])
  const result = await published(tableOf('patients', header, rows))
  expect(result.header).toEqual(['age', 'zip', 'diagnosis'])
  expect(result.report.dropped).toEqual(['patient', 'name'])
  expect(result.rows[0]).toEqual(['40', '1000', 'flu'])
})

test('only rows of the table are published, the population counts for the journalist', async () => {
  const columns = [...header, 'enrolled']
  const rows = Array.from({length: 12}, (_, index) => [`P${index}`, '', '40', '1000', 'flu', index < 4 ? 'yes' : 'no'])
  const result = await published(tableOf('patients', columns, rows), {subset: 'enrolled'})
  expect(result.rows).toHaveLength(4)
  expect(result.report.risk.after.prosecutor.highest).toBeCloseTo(1 / 4)
  expect(result.report.risk.after.journalist.highest).toBeCloseTo(1 / 12)
  expect(result.report.risk.after.journalist.population).toBe(true)
})

test('δ-presence: a class of which too large a share is in the table is not published', async () => {
  const columns = [...header, 'enrolled']
  const rows = [
    ...Array.from({length: 6}, (_, index) => [`A${index}`, '', '40', '1000', 'flu', 'yes']),
    ...Array.from({length: 20}, (_, index) => [`B${index}`, '', '80', '1000', 'flu', index < 4 ? '1' : '0']),
  ]
  const source = tableOf('patients', columns, rows)
  const strict = await published(source, {subset: 'enrolled', presence: {minimum: 0, maximum: 0.4}})
  // Only together, as 10 of 26, are they below 40 %.
  expect(new Set(strict.rows.map(row => row[0])).size).toBe(1)
  const lax = await published(source, {subset: 'enrolled', presence: {minimum: 0, maximum: 1}})
  expect(new Set(lax.rows.map(row => row[0])).size).toBe(2)
})

test('risk of a table as it is: persons, not rows', async () => {
  const rows = [
    ['P1', '', '40', '1000', 'flu'],
    ['P1', '', '40', '1000', 'gout'],
    ['P2', '', '40', '1000', 'flu'],
    ['P3', '', '50', '1000', 'flu'],
    ['P1', '', '60', '2000', 'flu'],
  ]
  const source = tableOf('patients', header, rows)
  const byPerson = await measureRisk(source, {quasiIdentifiers: ['age', 'zip'], person: 'patient'}, {threshold: 0.5})
  // P1 is alone at (60, 2000) and P3 at (50, 1000); P2 shares a class with P1.
  expect(byPerson).toMatchObject({persons: 3, classes: 3, smallestClass: 1, unique: 2})
  expect(byPerson.prosecutor).toEqual({highest: 1, average: (1 + 0.5 + 1) / 3, atRisk: 2 / 3})
  const byRow = await measureRisk(source, {quasiIdentifiers: ['age', 'zip']}, {threshold: 0.5})
  expect(byRow).toMatchObject({persons: 5, classes: 3, unique: 2})
  expect(byRow.marketer).toBeCloseTo(3 / 5)
})

test('a source that changes between the two readings is not published as if it had not', async () => {
  const rows = Array.from({length: 6}, () => ['P', '', '40', '1000', 'flu'])
  const stable = tableOf('patients', header, rows)
  let readings = 0
  const growing: TableSource = {
    ...stable,
    rows: () => (readings++ === 0 ? stable : tableOf('patients', header, [...rows, ...rows])).rows(),
  }
  await expect(published(growing)).rejects.toThrow(SourceChangedError)
})

test('requests that cannot mean what they say are refused', async () => {
  const rows = Array.from({length: 6}, () => ['P', '', '40', '1000', 'flu'])
  const source = tableOf('patients', header, rows)
  await expect(published(source, {quasiIdentifiers: []})).rejects.toThrow(TableError)
  await expect(published(source, {keep: ['age']})).rejects.toThrow('two roles')
  await expect(published(source, {keep: ['salary']})).rejects.toThrow('no column')
  await expect(published(source, {presence: {minimum: 0, maximum: 1}})).rejects.toThrow('population')
  const unknown = {kind: 'rows', rows: [['41', '*']]} as const
  await expect(published(source, {quasiIdentifiers: [{name: 'age', hierarchy: unknown}]})).rejects.toThrow('"40"')
  const twoTops = {
    kind: 'rows',
    rows: [
      ['flu', 'viral'],
      ['gout', 'other'],
    ],
  } as const
  const sensitive = [{kind: 't-closeness', attribute: 'diagnosis', t: 0.2, distance: twoTops} as const]
  await expect(published(source, {sensitive, keep: []})).rejects.toThrow('measures no distance')
  const wide = tableOf(
    'wide',
    Array.from({length: 30}, (_, index) => `c${index}`),
    [Array.from({length: 30}, () => 'x')],
  )
  const quasiIdentifiers = wide.header.map(name => ({name, hierarchy: {kind: 'suppression'} as const}))
  await expect(published(wide, {quasiIdentifiers, keep: []})).rejects.toThrow(LatticeTooLargeError)
})

test.each(['optimal', 'mondrian'] as const)('%s stops when it is aborted', async algorithm => {
  const abort = new AbortController()
  const rows = Array.from({length: 60_000}, (_, index) => [
    `P${index}`,
    '',
    String(index % 97),
    String(1000 + (index % 211)),
    '',
  ])
  const running = anonymize(
    tableOf('patients', header, rows),
    {...request, algorithm, keep: []},
    {signal: abort.signal},
  )
  setImmediate(() => abort.abort())
  await expect(running).rejects.toThrow('abort')
})
