import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {InvalidInputError, NotFoundError} from '@omni-ops/core/operation'
import {
  hierarchyFiles,
  parseQuasiIdentifier,
  parseRange,
  parseSensitive,
  parseShare,
  parseWhole,
  quasiIdentifiersFrom,
} from '../src/command-line/anonymization-flags.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'omni-hierarchies-'))
  await writeFile(join(directory, 'adult_hierarchy_native-country.csv'), 'SI;Europe;*\nFR;Europe;*\n')
  await writeFile(join(directory, 'sex.csv'), 'f,*\nm,*\n')
  await writeFile(join(directory, 'notes.txt'), 'none')
})
afterAll(() => rm(directory, {recursive: true}))

test('hierarchies are found by their names', async () => {
  expect([...(await hierarchyFiles(directory)).keys()].toSorted()).toEqual(['native-country', 'sex'])
  await expect(hierarchyFiles(join(directory, 'none'))).rejects.toThrow(NotFoundError)
})

test('without names, the columns that have a hierarchy are the quasi-identifiers', async () => {
  const found = await quasiIdentifiersFrom([], directory, ['id', 'sex', 'native-country', 'pay'])
  expect(found).toEqual([
    {
      name: 'sex',
      hierarchy: {
        kind: 'rows',
        rows: [
          ['f', '*'],
          ['m', '*'],
        ],
      },
    },
    {
      name: 'native-country',
      hierarchy: {
        kind: 'rows',
        rows: [
          ['SI', 'Europe', '*'],
          ['FR', 'Europe', '*'],
        ],
      },
    },
  ])
  await expect(quasiIdentifiersFrom([], undefined, ['sex'])).rejects.toThrow('--quasi-identifier')
  await expect(quasiIdentifiersFrom(['zip'], directory, ['zip'])).rejects.toThrow('no hierarchy of zip')
})

test('generated hierarchies', () => {
  expect(parseQuasiIdentifier('age=interval:5')).toEqual({name: 'age', generated: {kind: 'interval', width: 5}})
  expect(parseQuasiIdentifier('age=interval:2.5:4')).toEqual({
    name: 'age',
    generated: {kind: 'interval', width: 2.5, levels: 4},
  })
  expect(parseQuasiIdentifier('a=b=redaction')).toEqual({name: 'a=b', generated: {kind: 'redaction'}})
  expect(parseQuasiIdentifier('zip')).toEqual({name: 'zip'})
  expect(() => parseQuasiIdentifier('zip=magic')).toThrow(InvalidInputError)
})

test('models of sensitive columns', async () => {
  expect(await parseSensitive('pay=distinct:3', undefined)).toEqual({
    kind: 'distinct-l-diversity',
    attribute: 'pay',
    l: 3,
  })
  expect(await parseSensitive('pay=recursive:3:4', undefined)).toEqual({
    kind: 'recursive-l-diversity',
    attribute: 'pay',
    l: 3,
    c: 4,
  })
  expect(await parseSensitive('pay=t-closeness:0.2', undefined)).toEqual({
    kind: 't-closeness',
    attribute: 'pay',
    t: 0.2,
    distance: 'equal',
  })
  expect(await parseSensitive('sex=t-closeness:0.2:hierarchical', directory)).toMatchObject({distance: {kind: 'rows'}})
  for (const text of ['pay', 'pay=', 'pay=distinct', 'pay=recursive:3', 'pay=t-closeness:0.2:far', 'pay=k:3']) {
    await expect(parseSensitive(text, undefined)).rejects.toThrow(InvalidInputError)
  }
})

test('numbers', () => {
  expect(parseShare('--suppression', '4%')).toBe(0.04)
  expect(parseShare('--suppression', '0.04')).toBe(0.04)
  expect(parseWhole('--k', '12')).toBe(12)
  expect(parseRange('--bounds', '-1:2.5')).toEqual(['-1', '2.5'])
  for (const text of ['', 'x', '-1', '4%%']) expect(() => parseShare('--suppression', text)).toThrow(InvalidInputError)
  for (const text of ['', '1.5', '-1', 'x']) expect(() => parseWhole('--k', text)).toThrow(InvalidInputError)
  expect(() => parseRange('--bounds', '5')).toThrow('LOW:HIGH')
})
