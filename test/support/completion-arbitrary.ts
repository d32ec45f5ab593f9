import fc from 'fast-check'
import type {CompletionEvent, CompletionUsage} from '../../plugins/llm/src/model/completion-event.ts'
import type {AnswerBlock, CollectedAnswer} from '../../plugins/llm/src/gateway/collected-answer.ts'

const text = fc.string({unit: 'grapheme', minLength: 1, maxLength: 40})
const signed = fc.option(fc.record({provider: fc.constantFrom('anthropic', 'gemini'), data: fc.json()}), {
  nil: undefined,
})
const withSigned = <Block extends object>(block: Block, each: {provider: string; data: unknown} | undefined) =>
  each === undefined ? block : {...block, signed: each}

const count = fc.nat(100_000)

/** Counts that add up, or that the provider did not tell apart. */
export const usageArbitrary: fc.Arbitrary<CompletionUsage> = fc
  .record({noCache: count, cacheRead: count, cacheWrite: count, text: count, reasoning: count})
  .map(({noCache, cacheRead, cacheWrite, text: words, reasoning}) => ({
    input: {total: noCache + cacheRead + cacheWrite, noCache, cacheRead, cacheWrite},
    output: {total: words + reasoning, text: words, reasoning},
    raw: null,
  }))

/** An answer as any provider may give it: text, at most one thought in front, any number of tool calls. */
export const answerArbitrary: fc.Arbitrary<CollectedAnswer> = fc
  .record({
    thought: fc.option(fc.tuple(text, signed), {nil: undefined}),
    texts: fc.array(text, {maxLength: 2}),
    calls: fc.array(fc.tuple(fc.stringMatching(/^[a-z_]{1,12}$/), fc.dictionary(fc.string(), fc.jsonValue()), signed), {
      maxLength: 3,
    }),
    usage: usageArbitrary,
    ending: fc.constantFrom('stop' as const, 'length' as const, 'content-filter' as const),
  })
  .map(({thought, texts, calls, usage, ending}): CollectedAnswer => {
    const blocks: AnswerBlock[] = [
      ...(thought ? [withSigned({type: 'reasoning' as const, text: thought[0]}, thought[1])] : []),
      ...texts.map(each => ({type: 'text' as const, text: each})),
      ...calls.map(([name, input, sign], index) =>
        withSigned({type: 'tool-call' as const, id: `call_${index}`, name, input: JSON.stringify(input)}, sign),
      ),
    ]
    const unified = calls.length > 0 ? ('tool-calls' as const) : ending
    return {model: 'some-model', warnings: [], blocks, reason: {unified, raw: null}, usage}
  })

/** The answer as a stream: each block in pieces, tool calls interleaved, as providers send parallel ones. */
export function eventsOf(answer: CollectedAnswer, pieceLength: number): CompletionEvent[] {
  const key = (index: number) =>
    answer.blocks[index]!.type === 'tool-call' ? `call_${callIndex(answer, index)}` : `b${index}`
  const written = answer.blocks.map((block, index): CompletionEvent[] => {
    const id = key(index)
    const whole = block.type === 'tool-call' ? block.input : block.text
    const pieces = whole.match(new RegExp(`[\\s\\S]{1,${pieceLength}}`, 'gu')) ?? []
    const sign = 'signed' in block && block.signed ? {signed: block.signed} : {}
    switch (block.type) {
      case 'text':
        return [
          {type: 'text-start', id},
          ...pieces.map(each => ({type: 'text-delta' as const, id, text: each})),
          {type: 'text-end', id},
        ]
      case 'reasoning':
        return [
          {type: 'reasoning-start', id},
          ...pieces.map(each => ({type: 'reasoning-delta' as const, id, text: each})),
          {type: 'reasoning-end', id, ...sign},
        ]
      case 'tool-call':
        return [
          {type: 'tool-input-start', id, name: block.name},
          ...pieces.map(each => ({type: 'tool-input-delta' as const, id, text: each})),
          {type: 'tool-input-end', id, ...sign},
        ]
    }
  })
  const plain = written.filter((_, index) => answer.blocks[index]!.type !== 'tool-call')
  const calls = written.filter((_, index) => answer.blocks[index]!.type === 'tool-call')
  return [
    {type: 'start', model: answer.model, warnings: []},
    ...plain.flat(),
    ...interleaved(calls),
    {type: 'finish', reason: answer.reason, usage: answer.usage},
  ]
}

function callIndex({blocks}: CollectedAnswer, index: number): number {
  return blocks.slice(0, index).filter(block => block.type === 'tool-call').length
}

function interleaved(lists: readonly (readonly CompletionEvent[])[]): CompletionEvent[] {
  const longest = Math.max(0, ...lists.map(list => list.length))
  return Array.from({length: longest}, (_, at) => lists.flatMap(list => list.slice(at, at + 1))).flat()
}
