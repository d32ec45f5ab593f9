import {expect, test} from 'vitest'
import {joinedDeltas} from '../../src/gateway/joined-deltas.ts'
import type {CompletionEvent} from '../../src/model/completion-event.ts'

const text = (id: string, words: string): CompletionEvent => ({type: 'text-delta', id, text: words})
const input = (id: string, words: string): CompletionEvent => ({type: 'tool-input-delta', id, text: words})

test('pieces of one block that arrive together are one piece', () => {
  expect(joinedDeltas([text('t', 'thirty '), text('t', 'da'), text('t', 'ys')])).toEqual([text('t', 'thirty days')])
})

test('what lies between them keeps its place, and blocks that take turns are not mixed', () => {
  const start: CompletionEvent = {type: 'text-start', id: 't'}
  const end: CompletionEvent = {type: 'text-end', id: 't'}
  const thought: CompletionEvent = {type: 'reasoning-delta', id: 't', text: 'hm'}
  const batch = [start, text('t', 'a'), input('1', '{'), input('2', '{'), input('1', '}'), thought, text('t', 'b'), end]
  expect(joinedDeltas(batch)).toEqual(batch)
})
