import * as fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {TableError} from '../../src/anonymity/errors.ts'
import {PrivacyParameterError} from '../../src/differential-privacy/errors.ts'
import {release} from '../../src/differential-privacy/release.ts'
import {planRelease, type Question, type ReleaseRequest} from '../../src/differential-privacy/release-request.ts'
import {tableOf} from '../../src/table/table-source.ts'
import {seededRandomness} from './seeded-randomness.ts'

/** So large that noise is practically none: what is left is the bounding and the arithmetic. */
const loud = '1e9'

function asked(question: Question, changes: Partial<ReleaseRequest> = {}): ReleaseRequest {
  return {question, maxRows: 1, maxPartitions: 1, resolution: '1', mechanism: 'laplace', epsilon: loud, ...changes}
}

async function answer(rows: readonly (readonly string[])[], request: ReleaseRequest, seed = 'release') {
  const source = tableOf('visits', ['patient', 'age', 'ward'], rows)
  return release(source, planRelease(request), seededRandomness(seed))
}

async function single(rows: readonly (readonly string[])[], request: ReleaseRequest, seed?: string): Promise<string> {
  return (await answer(rows, request, seed)).values[0]!.value
}

const ages = (...values: (number | string)[]) => values.map((age, index) => [`P${index}`, String(age), 'A'])

describe('without noise the answers are those of the bounded table', () => {
  test('count, sum, mean', async () => {
    const rows = ages(20, 30, 130, -5, '')
    const bounds = {column: 'age', lower: '0', upper: '100'}
    expect(await single(rows, asked({kind: 'count'}))).toBe('5')
    expect(await single(rows, asked({kind: 'sum', ...bounds}))).toBe('150')
    expect(await single(rows, asked({kind: 'mean', ...bounds}))).toBe('38')
    expect(await single(rows, asked({kind: 'mean', ...bounds}, {resolution: '0.1'}))).toBe('37.5')
  })

  test('quantiles, also at their ends and over ties', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({min: 0, max: 30}), {minLength: 1, maxLength: 25}),
        fc.constantFrom('0', '0.25', '0.5', '0.9', '1'),
        async (values, quantile) => {
          const question = {kind: 'quantile', column: 'age', lower: '0', upper: '30', quantile} as const
          const chosen = Number(await single(ages(...values), asked(question)))
          const target = Number(quantile) * values.length
          expect(values.filter(value => value < chosen).length).toBeLessThanOrEqual(target)
          expect(values.filter(value => value <= chosen).length).toBeGreaterThanOrEqual(target)
        },
      ),
      {numRuns: 60},
    )
  })

  test('histograms of known values show them all, of unknown ones those above the threshold', async () => {
    const rows = Array.from({length: 50}, (_, index) => [`P${index}`, '1', index < 45 ? 'B' : 'A'])
    const known = await answer(rows, asked({kind: 'histogram', column: 'ward', partitions: ['C', 'B']}))
    expect(known.values).toEqual([
      {partition: 'B', value: '45'},
      {partition: 'C', value: '0'},
    ])
    const found = await answer(rows, asked({kind: 'histogram', column: 'ward'}, {epsilon: '3', delta: '1e-6'}))
    expect(found.values.map(({partition}) => partition)).toEqual(['B'])
    expect(found.noise.threshold).toBeGreaterThan(5)
  })
})

describe('one person moves a result no further than what the noise is for', () => {
  const hoarder = Array.from({length: 200}, (_, index) => ['P0', '100', `W${index % 20}`])
  const others = ages(10, 20, 30).map(([, age, ward], index) => [`Q${index}`, age!, ward!])

  test('rows above the limit do not count', async () => {
    const rows = [...hoarder, ...others]
    const limited = {person: 'patient', maxRows: 2}
    expect(await single(rows, asked({kind: 'count'}, limited))).toBe('5')
    expect(await single(rows, asked({kind: 'sum', column: 'age', lower: '0', upper: '100'}, limited))).toBe('260')
  })

  test('nor do partitions above the limit, whatever the order of the rows', async () => {
    const request = asked(
      {kind: 'histogram', column: 'ward', partitions: Array.from({length: 20}, (_, index) => `W${index}`)},
      {person: 'patient', maxPartitions: 3},
    )
    const forwards = await answer(hoarder, request)
    const counts = forwards.values.map(({value}) => Number(value))
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3)
    expect(Math.max(...counts)).toBe(1)
    expect((await answer(hoarder.toReversed(), request)).values).toEqual(forwards.values)
  })

  test('the sample of a person’s rows does not favour any', async () => {
    const rows = Array.from({length: 10}, (_, index) => ['P0', String(index), 'A'])
    const request = asked({kind: 'sum', column: 'age', lower: '0', upper: '9'}, {person: 'patient', maxRows: 1})
    const chosen = new Map<string, number>()
    for (let each = 0; each < 2000; each++) {
      const value = await single(rows, request, `reservoir ${each}`)
      chosen.set(value, (chosen.get(value) ?? 0) + 1)
    }
    expect(chosen.size).toBe(10)
    for (const count of chosen.values()) expect(Math.abs(count - 200)).toBeLessThan(70)
  })
})

test('the noise of a count has the variance that its ε asks for', async () => {
  const plan = planRelease(asked({kind: 'count'}, {epsilon: '0.5', person: 'patient', maxRows: 3}))
  const source = tableOf('none', ['patient', 'age', 'ward'], [])
  const random = seededRandomness('count')
  let squares = 0
  for (let each = 0; each < 20_000; each++) {
    squares += Number((await release(source, plan, random)).values[0]!.value) ** 2
  }
  // 2b² for b = 3 / 0.5; the standard error of the variance is 1.6 %.
  expect(squares / 20_000 / 72).toBeGreaterThan(0.93)
  expect(squares / 20_000 / 72).toBeLessThan(1.07)
})

test('a value of a single person is not found in a private histogram', async () => {
  const rows = [['P0', '1', 'only here']]
  const request = asked({kind: 'histogram', column: 'ward'}, {epsilon: '1', delta: '1e-4'})
  for (let each = 0; each < 2000; each++) expect((await answer(rows, request, `rare ${each}`)).values).toEqual([])
})

test('results lie on the grid of the resolution', async () => {
  const request = asked(
    {kind: 'sum', column: 'age', lower: '0', upper: '10'},
    {resolution: '0.25', epsilon: '0.3', mechanism: 'gaussian', delta: '1e-5'},
  )
  const value = await single(ages(1.3, 2.1), request)
  expect(Number.isInteger(Number(value) * 4)).toBe(true)
})

test.each<[string, Partial<ReleaseRequest>, RegExp]>([
  ['Gaussian noise without a δ', {mechanism: 'gaussian'}, /δ/],
  ['several rows of nobody', {maxRows: 2}, /person/],
  ['no ε', {epsilon: '0'}, /ε/],
  ['no resolution', {resolution: '0'}, /resolution/],
  ['private partitions without a δ', {question: {kind: 'histogram', column: 'ward'}}, /δ/],
  ['bounds the wrong way round', {question: {kind: 'sum', column: 'age', lower: '9', upper: '1'}}, /bounds/],
  [
    'a quantile above 1',
    {question: {kind: 'quantile', column: 'age', lower: '0', upper: '9', quantile: '1.5'}},
    /quantile/,
  ],
  [
    'a grid too fine',
    {resolution: '1e-9', question: {kind: 'quantile', column: 'age', lower: '0', upper: '9', quantile: '0.5'}},
    /steps/,
  ],
])('%s is refused before the data is read', (_, changes, message) => {
  const plan = () => planRelease(asked({kind: 'count'}, changes))
  expect(plan).toThrow(PrivacyParameterError)
  expect(plan).toThrow(message)
})

test('a cell that is no number is an error', async () => {
  const request = asked({kind: 'sum', column: 'age', lower: '0', upper: '9'})
  await expect(answer([['P', 'old', 'A']], request)).rejects.toThrow(TableError)
})
