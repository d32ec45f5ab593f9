import {describe, expect, it} from 'vitest'
import {compareResults, NothingInCommonError} from '../../src/evaluation/compare-results.ts'
import {figuresOf} from '../../src/evaluation/figures.ts'
import {checkGate, InvalidGateError, parseGate} from '../../src/evaluation/gate.ts'
import {resultOf} from './result.ts'

const mixed = Array.from({length: 40}, (_, at) => (at % 4 === 0 ? 0.2 : 0.9))
const result = resultOf(mixed)
const check = (gate: string) => checkGate(parseGate(gate), figuresOf(result), undefined)

describe('gates', () => {
  it('hold the mean, or an end of its interval, against a number', () => {
    expect(check('ndcg@10>=0.7')).toMatchObject({passed: true})
    expect(check('ndcg@10>=0.725').passed).toBe(true)
    expect(check('ndcg@10>0.725').passed).toBe(false)
    expect(check('ndcg@10 > 0.73').passed).toBe(false)
    expect(check('lower(ndcg@10)>=0.7').passed).toBe(false)
    expect(check('lower( ndcg@10 )>=0.6').passed).toBe(true)
    expect(check('upper(ndcg@10)<=0.9').passed).toBe(true)
    expect(check('p95_ms<=38')).toMatchObject({passed: true, value: 38})
    expect(check('p95_ms<38').passed).toBe(false)
  })

  it('name the measures where one is not known, or not in this run', () => {
    for (const gate of ['ndgc>=0.7', 'accuracy>=0.8']) {
      expect(() => check(gate)).toThrow(InvalidGateError)
      expect(() => check(gate)).toThrow(expect.objectContaining({hint: expect.stringContaining('ndcg@10')}))
    }
  })

  it.each([
    'ndcg@10',
    'ndcg@10=0.7',
    '>=0.7',
    'middle(ndcg@10)>=0.7',
    'lower(ndcg@10)>=main',
    'ndcg@10<main',
    'p50_ms<=main',
  ])('refuse %s', gate => {
    expect(() => parseGate(gate)).toThrow(InvalidGateError)
  })

  it('has no lower end of a speed', () => {
    expect(() => check('lower(p50_ms)>=1')).toThrow(/no interval/)
  })
})

describe('compareResults', () => {
  const against = (values: readonly number[]) => compareResults(resultOf(values), result).measures[0]!

  it('shows a difference that is on every query, in its direction', () => {
    expect(against(mixed.map(value => value - 0.05))).toMatchObject({verdict: 'better', improved: 40, worsened: 0})
    expect(against(mixed.map(value => value + 0.05))).toMatchObject({verdict: 'worse', queries: 40})
  })

  it('says that nothing is shown where few queries differ', () => {
    const other = mixed.map((value, at) => (at === 0 ? value + 0.3 : at === 1 ? value - 0.2 : value))
    expect(against(other)).toMatchObject({verdict: 'no difference shown', improved: 1, worsened: 1})
  })

  it('leaves out what only one of them has, and refuses two that share nothing', () => {
    expect(compareResults(resultOf(mixed.slice(0, 30)), result)).toMatchObject({
      unpaired: 10,
      measures: [{queries: 30}],
    })
    const foreign = resultOf(mixed)
    const renamed = {...foreign, outcomes: foreign.outcomes.map(each => ({...each, question: 'another'}))}
    expect(() => compareResults(renamed, result)).toThrow(NothingInCommonError)
  })

  it('decides the gate against a saved result: worse by chance passes, shown to be worse does not', () => {
    const gate = parseGate('ndcg@10>=main')
    const outcomeAgainst = (values: readonly number[]) =>
      checkGate(gate, figuresOf(result), compareResults(resultOf(values), result))
    expect(outcomeAgainst(mixed.map((value, at) => (at === 0 ? value + 0.1 : value))).passed).toBe(true)
    expect(outcomeAgainst(mixed.map(value => value + 0.05))).toMatchObject({
      passed: false,
      reason: expect.stringContaining('worse'),
    })
  })
})
