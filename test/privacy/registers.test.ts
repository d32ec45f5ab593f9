import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {omni, temporaryHome} from '../cli/program.ts'

const register = `version: 1
updated: 2026-11-23
controller: {name: Čebelarstvo Žužemberk, email: privacy@example.com}
breaches:
  - id: 2026-01
    aware_at: 2026-01-20T09:00:00+01:00
    nature: A list was sent to the wrong address.
    persons: {categories: [Subscribers]}
    records: {categories: [Names]}
    contact: {name: Maja Novak, email: dpo@example.com}
    consequences: [Unwanted mail]
    measures: [The receiver deleted the list]
    risk: likely
`

test('a register is read where one works, told by line and article, and written as a document', async () => {
  const home = temporaryHome()
  mkdirSync(join(home, 'privacy'))
  const file = join(home, 'privacy', 'breaches.yaml')
  writeFileSync(file, register)
  const run = (...argv: string[]) => omni(['gdpr', ...argv], {home, cwd: home})

  const late = await run('breach')
  expect(late.code).toBe(7)
  expect(late.stdout).toContain('problem\t2026-01\thad to be notified by 2026-01-23T08:00:00.000Z\tGDPR, Article 33(1)')

  const pdf = await run('breach', '--language', 'sl', '--out', join(home, 'breaches.pdf'))
  expect(pdf.stderr).toContain('Wrote')
  expect(readFileSync(join(home, 'breaches.pdf')).subarray(0, 5).toString()).toBe('%PDF-')
  const csv = await run('breach', '--as', 'csv')
  expect(csv.stdout).toMatch(/^Id,Became aware,/)
  const notice = await run('breach', 'notice', '2026-01', '--language', 'sl')
  expect(notice.code).toBe(0)
  expect(notice.stdout).toContain('Čebelarstvo Žužemberk')

  writeFileSync(file, register.replace('    nature', '    natur'))
  const broken = await run('breach')
  expect(broken.code).toBe(2)
  expect(broken.stderr).toContain(
    `${join('privacy', 'breaches.yaml')}:7: breaches.0.natur: is not part of this register`,
  )

  const missing = await run('dpia')
  expect([missing.code, missing.stderr]).toEqual([5, expect.stringContaining('There is no register')])
})

test('data that may not leave a country are sent to no deployment elsewhere', async () => {
  const home = temporaryHome()
  const env = {OMNI_RESIDENCY_COUNTRY: 'SI', OMNI_URL: 'https://omni.invalid', OMNI_API_KEY: 'omni_x'}
  const refused = await omni(['gdpr', 'consent', 'check', 'ana@example.com', 'news'], {home, env})
  expect([refused.code, refused.stderr]).toEqual([7, expect.stringContaining('may not leave SI')])
  expect(refused.stderr).not.toContain('ana@example.com')
})

test('a draft is written where no directory of registers is yet', async () => {
  const home = temporaryHome()
  const drafted = await omni(['gdpr', 'ropa', 'draft', '--out', join('privacy', 'ropa.yaml')], {home, cwd: home})
  expect(drafted, drafted.stderr).toMatchObject({code: 0})
  expect(readFileSync(join(home, 'privacy', 'ropa.yaml'), 'utf8')).toContain('controller:')
})
