import {describe, expect, test} from 'vitest'
import {anonymize} from '../../src/anonymity/anonymize.ts'
import type {AnonymizationRequest, SensitiveRequest} from '../../src/anonymity/anonymization-request.ts'
import {ClassEvaluator} from '../../src/anonymity/equivalence-classes.ts'
import {attributeLoss} from '../../src/anonymity/information-loss.ts'
import {Lattice} from '../../src/anonymity/lattice.ts'
import {loadMicrodata} from '../../src/anonymity/load-microdata.ts'
import {adultHierarchy, adultRequest, adultTable, hasAdult} from './adult.ts'

async function optimum(changes: Partial<AnonymizationRequest>) {
  const {report} = await anonymize(await adultTable(), await adultRequest(changes))
  return {levels: report.attributes.map(({level}) => level).join(), cost: report.search?.cost, report}
}

const closeness = (t: number, distance: 'equal' | 'ordered'): SensitiveRequest[] => [
  {kind: 't-closeness', attribute: 'occupation', t, distance},
]
const diversity: SensitiveRequest[] = [{kind: 'entropy-l-diversity', attribute: 'occupation', l: 5}]

/** Published in the tests of ARX (TestAnonymizationKAnonymity, -LDiversity, -TCloseness, -OrderedDistanceTCloseness). */
const published: readonly (readonly [string, Partial<AnonymizationRequest>, string, number])[] = [
  ['k=5', {}, '1,2,1,1,3,2,2,1,1', 407289.5388925293],
  ['k=5, 4 %', {suppressionLimit: 0.04}, '1,0,1,1,3,2,2,0,1', 255559.85455731067],
  ['k=100', {k: 100}, '0,4,1,1,3,2,2,1,1', 453196.8932458743],
  ['k=100, 4 %', {k: 100, suppressionLimit: 0.04}, '1,1,1,1,3,2,2,1,1', 379417.3460570988],
  [
    'entropy-5-diversity',
    {k: 1, sensitive: diversity, objective: 'entropy-with-suppression'},
    '1,1,1,1,3,2,2,1',
    324620.5269918692,
  ],
  [
    'entropy-5-diversity, 4 %',
    {k: 1, sensitive: diversity, objective: 'entropy-with-suppression', suppressionLimit: 0.04},
    '1,0,1,1,2,2,2,1',
    228878.2039109517,
  ],
  [
    '0.2-closeness, equal distance',
    {sensitive: closeness(0.2, 'equal'), objective: 'discernibility-star'},
    '1,4,1,1,3,2,2,1',
    456853172,
  ],
  [
    '0.1-closeness, ordered distance',
    {sensitive: closeness(0.1, 'ordered'), objective: 'discernibility-star'},
    '1,1,1,2,3,2,2,1',
    97868020,
  ],
  [
    '0.2-closeness, ordered distance, 4 %',
    {k: 100, sensitive: closeness(0.2, 'ordered'), objective: 'discernibility-star', suppressionLimit: 0.04},
    '1,0,1,2,3,2,2,1',
    19937246,
  ],
]

describe.skipIf(!hasAdult())('Adult', () => {
  test.each(published)('%s: the optimum that ARX publishes', async (_, changes, levels, cost) => {
    const found = await optimum(changes)
    expect(found.levels).toBe(levels)
    expect(found.cost).toBeCloseTo(cost, 6)
  })

  test('0.2-closeness, hierarchical distance: the optimum that ARX publishes', async () => {
    const distance = await adultHierarchy('occupation')
    const found = await optimum({
      k: 100,
      sensitive: [{kind: 't-closeness', attribute: 'occupation', t: 0.2, distance}],
      suppressionLimit: 0.04,
    })
    expect(found.levels).toBe('1,4,1,0,3,1,2,1')
    expect(found.cost).toBeCloseTo(390765.61326019815, 6)
  })

  test('the loss per attribute is the one that ARX publishes (TestUtilityMetricsLoss)', async () => {
    const {quasiIdentifiers} = await adultRequest({sensitive: diversity})
    const {data} = await loadMicrodata(await adultTable(), {quasiIdentifiers, sensitive: diversity})
    const lattice = new Lattice(data.quasiIdentifiers.map(({hierarchy}) => hierarchy.levels))
    const node = lattice.node([0, 3, 0, 0, 1, 0, 0, 0])
    const evaluator = new ClassEvaluator(data, lattice, {k: 5, suppressionLimit: 1})
    const classes = evaluator.fullClasses(node)
    const loss = attributeLoss(data, lattice, node, classes, evaluator.judge(classes))
    const descending = loss.toSorted((left, right) => right - left)
    const suppression = 0.1297659306
    const expected = [0.297248193, 0.29678055, ...Array.from({length: 6}, () => suppression)]
    expect(descending).toHaveLength(expected.length)
    for (const [index, value] of expected.entries()) expect(descending[index]).toBeCloseTo(value, 9)
  })

  test('Mondrian keeps the published certainty penalty at k=10', async () => {
    const request = await adultRequest({k: 10, algorithm: 'mondrian'})
    const names = ['age', 'workclass', 'education', 'marital-status', 'occupation', 'race', 'sex', 'native-country']
    const quasiIdentifiers = request.quasiIdentifiers
      .filter(({name}) => names.includes(name))
      .map(each => (each.name === 'age' ? {name: 'age', hierarchy: {kind: 'interval', width: 5} as const} : each))
    const {report} = await anonymize(await adultTable(), {...request, quasiIdentifiers})
    expect(report.risk.after.smallestClass).toBeGreaterThanOrEqual(10)
    expect(report.informationLoss.certaintyPenalty).toBeLessThanOrEqual(0.1219)
  })
})
