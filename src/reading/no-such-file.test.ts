import {openSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {expect, test} from 'vitest'
import {noSuchFile} from './no-such-file.ts'

function opening(path: string): unknown {
  try {
    return openSync(path, 'r+')
  } catch (error) {
    return error
  }
}

test('a file that is not there, or below a file, is told by the name its user gave it', () => {
  const here = fileURLToPath(import.meta.url)
  for (const path of [`${here}.none`, `${here}/below`]) {
    expect(noSuchFile(opening(path), 'mine.txt')).toMatchObject({
      code: 'no_such_file',
      exitCode: 5,
      message: 'There is no file mine.txt',
    })
  }
  expect(noSuchFile(opening(import.meta.dirname), 'mine.txt')).toBeUndefined()
})
