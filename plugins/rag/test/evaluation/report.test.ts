import {Parser} from 'htmlparser2'
import {describe, expect, it} from 'vitest'
import {compareResults} from '../../src/evaluation/compare-results.ts'
import {figuresOf} from '../../src/evaluation/figures.ts'
import {reportPage} from '../../src/evaluation/report.ts'
import {outcome, resultOf} from './result.ts'

const hostile = '<script>alert(1)</script><img src=x onerror=alert(1)> "\'&\u202e\u0007'
const result = resultOf([], {
  set: hostile,
  answers: hostile,
  collection: hostile,
  outcomes: [
    outcome({
      id: '1',
      question: hostile,
      measures: {accuracy: 0},
      answer: hostile,
      answerable: true,
      expected: [hostile],
      found: [hostile],
    }),
    outcome({id: '2', question: 'right', measures: {accuracy: 1}, answer: 'yes', answerable: true}),
    outcome({id: '3', question: 'unanswerable', measures: {accuracy: 0}, answer: 'made up', answerable: false}),
  ],
})
const page = reportPage({
  result,
  figures: figuresOf(result),
  gates: [{gate: `accuracy>=${hostile}`, measure: 'accuracy', value: 0.3, passed: false, reason: hostile}],
  comparison: {name: hostile, ...compareResults(result, result)},
})

function read(html: string) {
  const elements: {name: string; attributes: Record<string, string>}[] = []
  let text = ''
  const parser = new Parser({
    onopentag: (name, attributes) => void elements.push({name, attributes}),
    ontext: piece => void (text += piece),
  })
  parser.end(html)
  return {elements, text}
}

describe('the report', () => {
  const {elements, text} = read(page)

  it('shows every text as text, and loads nothing', () => {
    const names = new Set(elements.map(({name}) => name))
    for (const name of ['script', 'img', 'link', 'iframe']) expect(names).not.toContain(name)
    const attributes = elements.flatMap(each => Object.keys(each.attributes))
    expect(attributes.filter(name => /^(?:src|href|on.*)$/u.test(name))).toEqual([])
    expect(text.split('<script>alert(1)</script>').length).toBeGreaterThan(7)
    for (const character of ['\u202e', '\u0007']) expect(page).not.toContain(character)
    expect(page).not.toMatch(/https?:/u)
  })

  it('names its language, captions its tables and heads rows and columns', () => {
    expect(elements.find(({name}) => name === 'html')?.attributes).toMatchObject({lang: 'en'})
    const count = (name: string) => elements.filter(each => each.name === name).length
    expect(count('table')).toBe(4)
    expect(count('caption')).toBe(count('table'))
    expect(count('h1')).toBe(1)
    expect(elements.filter(({name, attributes}) => name === 'th' && !attributes.scope)).toEqual([])
  })

  it('lists the worst queries with what was expected, and none that went well', () => {
    expect(elements.filter(({name}) => name === 'details')).toHaveLength(2)
    expect(text).toContain('no answer: the documents do not hold one')
    expect(text).not.toMatch(/1\.000 right/u)
    expect(text).toContain('no difference shown')
  })
})
