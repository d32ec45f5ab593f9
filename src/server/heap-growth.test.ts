import {execFile} from 'node:child_process'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {expect, test} from 'vitest'

const program = join(import.meta.dirname, '..', 'testing', 'heap-process.ts')

test('the space for new objects stays where it was told to', async () => {
  // Without it, it comes to 64 MB here.
  const {stdout} = await promisify(execFile)(process.execPath, [program])
  expect(Number(stdout) / 1024 / 1024).toBeLessThanOrEqual(32)
})
