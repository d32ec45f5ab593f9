import {expect, test} from 'vitest'
import {addToAssistant, addToolResult} from '../../src/gateway/conversation.ts'
import type {CompletionMessage, ToolResultPart} from '../../src/model/completion-request.ts'

const said = (text: string) => ({type: 'text', text}) as const
const result = (id: string): ToolResultPart => ({type: 'tool-result', id, name: 'look', content: [said(id)]})

test('what follows each other is one turn, and nothing of it is copied', () => {
  const messages: CompletionMessage[] = []
  addToAssistant(messages, said('one'))
  const [turn] = messages.map(({content}) => content)
  addToAssistant(messages, said('two'))
  expect(messages).toEqual([{role: 'assistant', content: [said('one'), said('two')]}])
  expect(messages[0]!.content).toBe(turn)
  for (const id of ['a', 'b']) addToolResult(messages, result(id))
  addToAssistant(messages, said('three'))
  expect(messages.slice(1)).toEqual([
    {role: 'tool', content: [result('a'), result('b')]},
    {role: 'assistant', content: [said('three')]},
  ])
})
