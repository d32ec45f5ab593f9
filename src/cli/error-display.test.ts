import {describe, expect, it} from 'vitest'
import {classify, printError} from './error-display.ts'
import type {Terminal} from './terminal.ts'

const never = new AbortController().signal

function refused(code: string, more: object = {}): Error {
  return Object.assign(new Error(`${code}: refused, open '/data/omni.yaml'`), {code, ...more})
}

describe('classify', () => {
  it.each(['ENOSPC', 'EDQUOT'])('says of %s, wherever it comes from, that the disk is full', code => {
    const {report, exitCode, unexpected} = classify(refused(code), never)
    expect([report.code, exitCode, unexpected]).toEqual(['storage_full', 1, false])
    expect(report.message).toContain(`${code}: refused`)
  })

  it.each([
    ['file_refused', 1, refused('EACCES', {syscall: 'open', path: '/data/omni.yaml'})],
    ['file_refused', 1, refused('EROFS', {syscall: 'mkdir', path: '/data'})],
    ['file_refused', 1, refused('ENOENT', {syscall: 'mkdir', path: '/data'})],
    ['too_many_open_files', 1, refused('EMFILE')],
    ['disk_failed', 1, refused('EIO')],
    ['path_unusable', 2, refused('EISDIR', {syscall: 'read'})],
    ['path_unusable', 2, refused('ENOTDIR', {syscall: 'mkdir', path: '/data/file/x'})],
    ['no_such_file', 5, refused('ENOENT', {syscall: 'open', path: '/data'})],
  ])('is no bug of ours where the file system refuses: %s, %i', (code, exit, error) => {
    const {report, exitCode, unexpected} = classify(error, never)
    expect([report.code, exitCode, unexpected]).toEqual([code, exit, false])
    expect(report.hint).toBeTruthy()
  })

  it.each([refused('ECONNRESET', {syscall: 'read'}), refused('EACCES', {syscall: 'listen'}), new Error('!')])(
    'takes any other error for our own',
    error => {
      expect(classify(error, never)).toMatchObject({report: {code: 'bug'}, exitCode: 70, unexpected: true})
    },
  )
})

it('prints nothing of an error that a terminal would obey', () => {
  let printed = ''
  const stream = {isTerminal: true, columns: 80, write: (text: string) => void (printed += text)}
  const terminal: Terminal = {
    stdout: stream,
    stderr: stream,
    interactive: false,
    colour: {stdout: false, stderr: false},
  }
  const evil = '\u001B]0;title\u0007'
  printError({code: `c${evil}`, message: `m${evil}\n`, hint: `h${evil}`}, terminal, `s${evil}`)
  expect(printed).toBe('Error: m\n  Try: h\n  code: c\ns\n')
})
