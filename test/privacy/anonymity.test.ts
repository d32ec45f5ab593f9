import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {omni, temporaryHome} from '../cli/program.ts'

const header = 'patient,age,zip,diagnosis'

/** 120 visits of 60 patients. */
function visits(home: string): string {
  const lines = Array.from({length: 120}, (_, index) => {
    const patient = index % 60
    return `P${patient},${20 + (patient % 40)},${1000 + (patient % 8) * 10},${['flu', 'gout', '"a, b"'][index % 3]}`
  })
  const path = join(home, 'visits.csv')
  writeFileSync(path, `${header}\n${lines.join('\n')}\n`)
  return path
}

const quasi = ['--quasi-identifier', 'age=interval:10', '--quasi-identifier', 'zip=redaction']

test('a table is anonymised into a file that has k persons in every class', async () => {
  const home = temporaryHome()
  const table = visits(home)
  const out = join(home, 'safe.csv')
  const argv = ['privacy', 'k-anonymize', table, ...quasi, '--person', 'patient', '--keep', 'diagnosis', '--k', '4']
  const dry = await omni([...argv, '--dry-run'], {home})
  expect(dry.code).toBe(0)
  expect(dry.stdout).toContain('Would publish 120 of 120 rows')
  expect(existsSync(out)).toBe(false)

  const run = await omni([...argv, '--out', out, '--json'], {home})
  expect(run.code).toBe(0)
  const report = JSON.parse(run.stdout)
  expect(report).toMatchObject({rows: 120, persons: 60, k: 4, dropped: ['patient']})
  const [names, ...rows] = readFileSync(out, 'utf8').trimEnd().split('\n')
  expect(names).toBe('age,zip,diagnosis')
  expect(rows).toHaveLength(120)
  const classes = Object.values(Object.groupBy(rows, row => row.split(',').slice(0, 2).join()))
  // Two visits each: a class of 4 persons has 8 rows or more.
  for (const members of classes) expect(members?.length).toBeGreaterThanOrEqual(8)

  const piped = await omni([...argv, '--out', '-', '--quiet'], {home})
  expect(piped.stdout).toBe(readFileSync(out, 'utf8'))
})

test('what cannot be anonymised fails its gate and writes nothing', async () => {
  const home = temporaryHome()
  const out = join(home, 'safe.csv')
  const run = await omni(['privacy', 'k-anonymize', visits(home), ...quasi, '--k', '500', '--out', out], {home})
  expect(run.code).toBe(7)
  expect(run.stderr).toContain('not_anonymizable')
  expect(existsSync(out)).toBe(false)
})

test('risk is told per person', async () => {
  const home = temporaryHome()
  const argv = ['privacy', 'risk', visits(home), '--quasi-identifier', 'age', '--quasi-identifier', 'zip', '--json']
  const byRow = JSON.parse((await omni(argv, {home})).stdout)
  const byPerson = JSON.parse((await omni([...argv, '--person', 'patient'], {home})).stdout)
  expect(byRow.persons).toBe(120)
  expect(byPerson.persons).toBe(60)
  expect(byPerson.smallest_class).toBe(1)
  expect(byRow.smallest_class).toBe(2)
})

test('a budget is spent answer by answer, until it is not enough', async () => {
  const home = temporaryHome()
  const ask = ['privacy', 'dp', visits(home), '--person', 'patient', '--epsilon', '0.5', '--budget', 'visits']
  const early = await omni([...ask, '--count'], {home})
  expect(early.code).toBe(5)
  expect(early.stderr).toContain('omni privacy budget create visits')

  expect((await omni(['privacy', 'budget', 'create', 'visits', '--epsilon', '1'], {home})).code).toBe(0)
  const dry = await omni([...ask, '--count', '--dry-run', '--json'], {home})
  expect(JSON.parse(dry.stdout)).toMatchObject({values: [], noise: {scale: 2}})

  const count = await omni([...ask, '--count'], {home})
  expect(count.code).toBe(0)
  expect(count.stdout).toMatch(/^-?\d+\n$/)
  const mean = await omni([...ask, '--mean', 'age', '--bounds', '0:100', '--json'], {home})
  expect(JSON.parse(mean.stdout).spent).toEqual({epsilon: 1, delta: 0})

  const late = await omni([...ask, '--count', '--json'], {home})
  expect(late.code).toBe(7)
  expect(JSON.parse(late.stdout).error.code).toBe('privacy_budget_exhausted')
  const {budgets} = JSON.parse((await omni(['privacy', 'budget', 'list', '--json'], {home})).stdout)
  expect(budgets).toMatchObject([{name: 'visits', releases: 2, spent: {epsilon: 1, delta: 0}}])
})

test('everything that is missing is named at once', async () => {
  const run = await omni(['privacy', 'dp', '--count'])
  expect(run.code).toBe(2)
  for (const name of ['TABLE', '--epsilon', '--budget']) expect(run.stderr).toContain(name)
})
