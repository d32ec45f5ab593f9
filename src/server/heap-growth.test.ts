import {execFile} from 'node:child_process'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {expect, test} from 'vitest'

const program = join(import.meta.dirname, '..', 'testing', 'heap-process.ts')

test('the space for new objects stays where it was told to, and comes back to it after a rest', async () => {
  const {stdout} = await promisify(execFile)(process.execPath, [program])
  const {busy, idle, again} = JSON.parse(stdout) as {busy: number; idle: number; again: number}
  // Without it, it comes to 64 MB here.
  expect(busy).toBeLessThanOrEqual(32 * 1024 * 1024)
  expect(idle).toBeLessThan(busy / 2)
  expect(again).toBeGreaterThan(4 * idle)
  expect(again).toBeLessThanOrEqual(32 * 1024 * 1024)
})
