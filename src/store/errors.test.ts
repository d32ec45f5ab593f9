import {type AddressInfo, createServer} from 'node:net'
import {expect, onTestFinished, test} from 'vitest'
import {testContext} from '../testing/test-context.ts'
import {databaseError} from './errors.ts'
import {openStore} from './store.ts'

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

test('a text that PostgreSQL cannot keep is its sender’s, and no bug', () => {
  // SQLSTATE character_not_in_repertoire: https://www.postgresql.org/docs/current/errcodes-appendix.html
  const error = Object.assign(new Error('invalid byte sequence for encoding "UTF8": 0x00'), {code: '22021'})
  expect(databaseError(error, 'db/omni')).toMatchObject({code: 'text_not_storable', httpStatus: 422, exitCode: 2})
})

test('a server that takes connections and never answers is told, and is no bug', async () => {
  const silent = createServer()
  await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void silent.close())
  const {port} = silent.address() as AddressInfo
  const {clock, log} = testContext()
  const url = `postgres://nobody@127.0.0.1:${port}/none`
  const opening = openStore({url, clock, log, migrations: [], busyTimeout: 200})
  await expect(opening).rejects.toMatchObject({code: 'database_busy', exitCode: 9})
})
