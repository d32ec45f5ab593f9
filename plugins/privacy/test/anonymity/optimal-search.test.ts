import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {hierarchyFromRows} from '../../src/anonymity/hierarchy.ts'
import {objectives} from '../../src/anonymity/information-loss.ts'
import {microdataFrom, type EncodedColumn} from '../../src/anonymity/microdata.ts'
import {findOptimum, type Optimum} from '../../src/anonymity/optimal-search.ts'
import type {SensitiveModel} from '../../src/anonymity/privacy-models.ts'
import {hierarchyRows, leastCost, type Problem} from './naive-anonymity.ts'

const letters = ['a', 'b', 'c', 'd', 'e']

/** A random hierarchy over the letters: each level joins some groups of the level before. */
const hierarchy = fc
  .record({
    levels: fc.integer({min: 0, max: 2}),
    parents: fc.array(fc.array(fc.nat({max: 2}), {minLength: 5, maxLength: 5}), {minLength: 2, maxLength: 2}),
    topped: fc.boolean(),
  })
  .map(({levels, parents, topped}) =>
    Object.fromEntries(
      letters.map((letter, index) => {
        const path = [letter]
        let group = index
        for (let level = 0; level < levels; level++) {
          group = parents[level]![group]!
          path.push(`${level}:${group}`)
        }
        return [letter, topped ? [...path, '*'] : path]
      }),
    ),
  )

const model = fc.option(
  fc.oneof(
    fc.record({kind: fc.constant('distinct-l-diversity' as const), l: fc.integer({min: 1, max: 3})}),
    fc.record({kind: fc.constant('entropy-l-diversity' as const), l: fc.constantFrom(1.5, 2, 2.5)}),
    fc.record({
      kind: fc.constant('recursive-l-diversity' as const),
      l: fc.integer({min: 1, max: 3}),
      c: fc.constantFrom(0.7, 1, 3),
    }),
    fc.record({
      kind: fc.constant('t-closeness' as const),
      t: fc.constantFrom(0.05, 0.2, 0.4),
      distance: fc.constantFrom('equal' as const, 'ordered' as const, 'hierarchical' as const),
    }),
  ),
  {nil: undefined},
)

const problem: fc.Arbitrary<Problem> = fc
  .record({
    rows: fc.array(
      fc.record({
        values: fc.array(fc.constantFrom(...letters), {minLength: 3, maxLength: 3}),
        secret: fc.constantFrom('a', 'b', 'c'),
        person: fc.nat({max: 15}).map(String),
        inSubset: fc.constantFrom(true, true, true, false),
      }),
      {minLength: 3, maxLength: 24},
    ),
    hierarchies: fc.array(hierarchy, {minLength: 3, maxLength: 3}),
    k: fc.integer({min: 1, max: 4}),
    suppressionLimit: fc.constantFrom(0, 0, 0.1, 0.3, 1),
    model,
    presence: fc.option(fc.constantFrom({minimum: 0, maximum: 0.8}, {minimum: 0.2, maximum: 0.9}), {nil: undefined}),
    persons: fc.boolean(),
    objective: fc.constantFrom(...objectives),
    secretHierarchy: hierarchy.filter(each => each.a!.length > 1 && each.a!.at(-1) === '*'),
  })
  .map(({persons, rows, presence, model: chosen, ...rest}) => ({
    ...rest,
    ...(chosen ? {model: chosen} : {}),
    ...(presence ? {presence} : {}),
    rows: rows.map((row, index) => ({
      ...row,
      person: persons ? row.person : String(index),
      inSubset: presence ? row.inSubset || index === 0 : true,
    })),
    secrets: letters,
  }))

function encoded(
  name: string,
  values: readonly string[],
  labels: readonly string[] = [...new Set(values)],
): EncodedColumn {
  return {name, labels, codes: Int32Array.from(values, value => labels.indexOf(value))}
}

function search(given: Problem): Promise<Optimum | undefined> {
  const {rows} = given
  const persons = rows.map(row => row.person)
  const data = microdataFrom({
    quasiIdentifiers: given.hierarchies.map((rules, index) => ({
      column: encoded(
        `q${index}`,
        rows.map(row => row.values[index]!),
      ),
      hierarchy: hierarchyFromRows(`q${index}`, hierarchyRows(rules)),
    })),
    sensitive: [
      encoded(
        'secret',
        rows.map(row => row.secret),
        given.secrets,
      ),
    ],
    ...(new Set(persons).size === rows.length ? {} : {person: encoded('person', persons)}),
    subset: Uint8Array.from(rows, row => Number(row.inSubset)),
  })
  const sensitive: SensitiveModel[] = []
  if (given.model?.kind === 't-closeness') {
    const {distance} = given.model
    const rules = hierarchyFromRows('secret', hierarchyRows(given.secretHierarchy))
    sensitive.push({
      ...given.model,
      attribute: 'secret',
      distance: distance === 'hierarchical' ? {hierarchy: rules} : distance,
    })
  } else if (given.model) sensitive.push({...given.model, attribute: 'secret'})
  return findOptimum({
    data,
    requirements: {
      k: given.k,
      suppressionLimit: given.suppressionLimit,
      sensitive,
      ...(given.presence ? {presence: given.presence} : {}),
    },
    objective: given.objective,
  })
}

test('the optimum is the one that brute force finds on plain values', async () => {
  let solvable = 0
  await fc.assert(
    fc.asyncProperty(problem, async given => {
      const expected = leastCost(given)
      const found = await search(given)
      if (expected === undefined) expect(found).toBeUndefined()
      else {
        solvable++
        expect(found?.cost).toBeCloseTo(expected, 8)
        expect(found?.verdict.satisfied).toBe(true)
      }
    }),
    {numRuns: 2000},
  )
  expect(solvable).toBeGreaterThan(400)
})

test('a search that is aborted stops', async () => {
  const values = Array.from({length: 50}, (_, index) => letters[index % 5]!)
  const rules = Object.fromEntries(letters.map(letter => [letter, [letter, '*']]))
  const data = microdataFrom({
    quasiIdentifiers: [{column: encoded('q', values), hierarchy: hierarchyFromRows('q', hierarchyRows(rules))}],
  })
  const requirements = {k: 2, suppressionLimit: 0}
  await expect(findOptimum({data, requirements, objective: 'loss', signal: AbortSignal.abort()})).rejects.toThrow(
    'abort',
  )
})
