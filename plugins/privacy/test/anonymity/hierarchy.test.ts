import {expect, test} from 'vitest'
import {HierarchyError} from '../../src/anonymity/errors.ts'
import {
  dateHierarchy,
  type Hierarchy,
  hierarchyFromRows,
  intervalHierarchy,
  redactionHierarchy,
  suppressionHierarchy,
} from '../../src/anonymity/hierarchy.ts'

function path(hierarchy: Hierarchy, value: string): string[] {
  const leaf = hierarchy.domain.indexOf(value)
  return hierarchy.labels.map((labels, level) => labels[hierarchy.codes[level]![leaf]!]!)
}

test('generated hierarchies generalise as they say', () => {
  expect(path(intervalHierarchy('age', ['7', '18', '-3'], {width: 5}), '18')).toEqual([
    '18',
    '[15, 20[',
    '[10, 20[',
    '[0, 20[',
    '*',
  ])
  expect(path(intervalHierarchy('age', ['-3'], {width: 5, levels: 1}), '-3')).toEqual(['-3', '[-5, 0[', '*'])
  expect(path(intervalHierarchy('share', ['0.3', '0.7'], {width: 0.1, levels: 2}), '0.3')).toEqual([
    '0.3',
    '[0.3, 0.4[',
    '[0.2, 0.4[',
    '*',
  ])
  expect(path(redactionHierarchy('zip', ['1000', '2310']), '2310')).toEqual(['2310', '231*', '23**', '2***', '*'])
  expect(path(dateHierarchy('born', ['1984-11-05']), '1984-11-05')).toEqual([
    '1984-11-05',
    '1984-11',
    '1984-Q4',
    '1984',
    '1980s',
    '*',
  ])
  expect(path(suppressionHierarchy('sex', ['f', 'm']), 'f')).toEqual(['f', '*'])
})

test('leaves are counted over the whole domain', () => {
  const hierarchy = hierarchyFromRows('q', [
    ['a', 'x', '*'],
    ['b', 'x', '*'],
    ['c', 'y', '*'],
  ])
  expect(hierarchy.leaves.map(each => [...each])).toEqual([[1, 1, 1], [2, 1], [3]])
})

test('a hierarchy that is none is refused', () => {
  expect(() => hierarchyFromRows('q', [])).toThrow(HierarchyError)
  expect(() => hierarchyFromRows('q', [['a', '*'], ['b']])).toThrow('levels')
  expect(() =>
    hierarchyFromRows('q', [
      ['a', 'x'],
      ['a', 'y'],
    ]),
  ).toThrow('two ways')
  const separating = [
    ['a', 'x', '1'],
    ['b', 'x', '2'],
  ]
  expect(() => hierarchyFromRows('q', separating)).toThrow('two generalisations')
  expect(() => intervalHierarchy('age', ['old'], {width: 5})).toThrow('not a number')
  expect(() => intervalHierarchy('age', ['1'], {width: 0})).toThrow('above 0')
  expect(() => dateHierarchy('born', ['5.11.1984'])).toThrow('ISO 8601')
})
