import {expect, test} from 'vitest'
import {TestClock} from '../testing/context.ts'
import {progressDisplay} from './progress.ts'
import type {Terminal} from './terminal.ts'

function plain(options: {quiet?: boolean; streamText?: boolean} = {}) {
  let stdout = ''
  let stderr = ''
  const terminal: Terminal = {
    stdout: {isTerminal: false, columns: 80, write: text => void (stdout += text)},
    stderr: {isTerminal: false, columns: 80, write: text => void (stderr += text)},
    interactive: false,
    colour: {stdout: false, stderr: false},
  }
  const clock = new TestClock()
  const display = progressDisplay({terminal, clock, quiet: false, streamText: true, ...options})
  return {display, clock, stdout: () => stdout, stderr: () => stderr}
}

test('away from a terminal: a line at once, then one every five seconds, with rate and remaining time', () => {
  const {display, clock, stderr, stdout} = plain()
  const progress = (done: number) =>
    display.show({type: 'progress', label: 'Indexing', done, total: 100, unit: 'files'})
  progress(0)
  clock.advance(1_000)
  progress(10)
  clock.advance(4_000)
  progress(50)
  expect(stderr()).toBe('Indexing  0/100 files\nIndexing  50/100 files  10 files/s  5 s left\n')
  expect(stdout()).toBe('')
})

test('a new label has a line and a rate of its own', () => {
  const {display, clock, stderr} = plain()
  display.show({type: 'progress', label: 'Reading', done: 5})
  clock.advance(100)
  display.show({type: 'progress', label: 'Writing', done: 0})
  expect(stderr()).toBe('Reading  5\nWriting  0\n')
})

test('--quiet keeps warnings alone', () => {
  const {display, stderr} = plain({quiet: true})
  display.show({type: 'progress', label: 'Reading', done: 5})
  display.show({type: 'note', level: 'info', message: 'by the way'})
  display.show({type: 'note', level: 'warn', message: 'look here'})
  expect(stderr()).toBe('Warning: look here\n')
})

test('generated text goes to stdout, or nowhere where the result is for a machine', () => {
  const shown = plain()
  shown.display.show({type: 'delta', text: 'Once '})
  expect(shown.stdout()).toBe('Once ')
  const hidden = plain({streamText: false})
  hidden.display.show({type: 'delta', text: 'Once '})
  expect(hidden.stdout() + hidden.stderr()).toBe('')
})

test('shows nothing of a note or a label that a terminal would obey', () => {
  const {display, stderr} = plain()
  const evil = 'a\u001B]0;title\u0007\u001B[2Jb'
  display.show({type: 'progress', label: evil, done: 5})
  display.show({type: 'note', level: 'warn', message: evil})
  expect(stderr()).toBe('ab  5\nWarning: ab\n')
})
