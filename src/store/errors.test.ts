import {expect, test} from 'vitest'
import {databaseError} from './errors.ts'

test('a directory that may not be made says so, however Node tells it', () => {
  // On a read-only file system `mkdir` with `recursive` fails as if there were nothing to make it in.
  const error = Object.assign(new Error("ENOENT: no such file or directory, mkdir '/ro/data'"), {
    code: 'ENOENT',
    syscall: 'mkdir',
  })
  expect(databaseError(error, '/ro/data/omni.db')).toMatchObject({
    code: 'database_read_only',
    hint: expect.stringContaining('permissions') as string,
  })
})
