import {execFileSync} from 'node:child_process'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {openDestination, writeWhole} from './destination.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'omni-destination-'))
})
afterEach(() => rmSync(directory, {recursive: true, force: true}))

describe('a file that is written', () => {
  test('appears when it is complete, in a directory that is made, for its owner alone', async () => {
    const path = join(directory, 'new', 'deeper', 'out.txt')
    const {file, finish} = await openDestination(path)
    await file.write('all of it')
    expect(readdirSync(join(directory, 'new', 'deeper'))).not.toContain('out.txt')
    await finish()
    expect(readFileSync(path, 'utf8')).toBe('all of it')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(directory, 'new', 'deeper'))).toEqual(['out.txt'])
  })

  test('leaves what was there where it fails, and nothing of its own', async () => {
    const path = join(directory, 'out.txt')
    writeFileSync(path, 'before')
    const failing = writeWhole(path, 'after', () => Promise.reject(new Error('no')))
    await expect(failing).rejects.toThrow('no')
    expect(readFileSync(path, 'utf8')).toBe('before')
    expect(readdirSync(directory)).toEqual(['out.txt'])
  })

  test('that two write at once is one of the two', async () => {
    const path = join(directory, 'out.txt')
    await Promise.all(['a', 'b'].map(letter => writeWhole(path, letter.repeat(100_000))))
    expect(readFileSync(path, 'utf8')).toMatch(/^(a{100000}|b{100000})$/)
    expect(readdirSync(directory)).toEqual(['out.txt'])
  })

  test('through a link is the file behind it, and the link stays', async () => {
    const path = join(directory, 'real.txt')
    const link = join(directory, 'link.txt')
    writeFileSync(path, 'before')
    symlinkSync(path, link)
    await writeWhole(link, 'after')
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(readFileSync(path, 'utf8')).toBe('after')
  })

  test('has no name that a directory has, and no place below a file: the error names what was asked for', async () => {
    const path = join(directory, 'taken')
    mkdirSync(path)
    await expect(writeWhole(path, 'x')).rejects.toMatchObject({code: 'EISDIR', path})
    writeFileSync(join(directory, 'file'), '')
    await expect(writeWhole(join(directory, 'file', 'out.txt'), 'x')).rejects.toMatchObject({syscall: 'mkdir'})
    const long = join(directory, 'n'.repeat(240))
    const refused = {code: 'ENAMETOOLONG', path: long, message: expect.not.stringContaining('partial')}
    await expect(writeWhole(long, 'x')).rejects.toMatchObject(refused)
    expect(readdirSync(directory).toSorted()).toEqual(['file', 'taken'])
  })
})

test.skipIf(process.platform === 'win32')('what is no file is written to as it is, and stays what it is', async () => {
  const pipe = join(directory, 'pipe')
  execFileSync('mkfifo', [pipe])
  const reading = readFile(pipe, 'utf8')
  await writeWhole(pipe, 'through the pipe')
  expect(await reading).toBe('through the pipe')
  expect(statSync(pipe).isFIFO()).toBe(true)
  expect(readdirSync(directory)).toEqual(['pipe'])
})
