import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {testContext} from '../testing/test-context.ts'
import {checkDirectories} from './check-directories.ts'

test('a directory that cannot be made is a finding, and no end of the check', async () => {
  const context = testContext()
  const file = join(context.directories.config, '..', 'file')
  writeFileSync(file, '')
  const directories = {...context.directories, data: join(file, 'data')}
  const findings = await checkDirectories({...context, directories})
  const problems = findings.filter(({status}) => status === 'problem')
  expect(problems).toMatchObject([{name: 'data directory', fix: expect.stringContaining('OMNI_DATA_DIR') as string}])
  expect(findings.map(({name}) => name)).not.toContain('disk space')
})
