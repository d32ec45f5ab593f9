import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {cleanedEvents, type ServerSentEvent, serverSentEvents} from '../../src/providers/server-sent-events.ts'

function streamOf(chunks: readonly Uint8Array[], onCancel = () => {}): ReadableStream<Uint8Array> {
  const rest = [...chunks]
  return new ReadableStream({
    pull(controller) {
      const next = rest.shift()
      if (next) controller.enqueue(next)
      else controller.close()
    },
    cancel: onCancel,
  })
}

async function read(chunks: readonly Uint8Array[]): Promise<ServerSentEvent[]> {
  const events: ServerSentEvent[] = []
  for await (const arrived of serverSentEvents(streamOf(chunks), () => undefined)) events.push(...arrived)
  return events
}

const bytes = (text: string) => new TextEncoder().encode(text)

describe('serverSentEvents', () => {
  it.each([
    ['LF', 'event: a\ndata: 1\n\ndata: 2\n\n'],
    ['CRLF', 'event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n'],
    ['CR', 'event: a\rdata: 1\r\rdata: 2\r\r'],
    ['a byte order mark', '\u{FEFF}event: a\ndata: 1\n\ndata: 2\n\n'],
    ['comments', ': hello\nevent: a\n: in between\ndata: 1\n\n:\n\ndata: 2\n\n'],
    ['no space after the colon', 'event:a\ndata:1\n\ndata:2\n\n'],
    ['other fields and lines that are none', 'id: 7\nretry: 10\nnonsense\nevent: a\ndata: 1\n\nx: y\ndata: 2\n\n'],
    ['no blank line at the end', 'event: a\ndata: 1\n\ndata: 2'],
  ])('reads %s', async (_name, text) => {
    expect(await read([bytes(text)])).toEqual([
      {event: 'a', data: '1'},
      {event: undefined, data: '2'},
    ])
  })

  it('joins data of several lines', async () => {
    expect(await read([bytes('data: {"a":\ndata: 1}\n\n')])).toEqual([{event: undefined, data: '{"a":\n1}'}])
  })

  it('reads the same however the bytes are cut, within characters too', async () => {
    const text = ': čakaj\r\nevent: delta\r\ndata: {"text":"čebela 🐝 \\n"}\r\n\r\ndata: [DONE]\r\n\r\n'
    const whole = await read([bytes(text)])
    expect(whole).toHaveLength(2)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes(text).length), {maxLength: 30}), async cuts => {
        const marks = [0, ...cuts.toSorted((one, other) => one - other), bytes(text).length]
        const chunks = marks.slice(1).map((end, position) => bytes(text).slice(marks[position], end))
        expect(await read(chunks)).toEqual(whole)
      }),
    )
  })

  it('gives up a server that never ends an event', async () => {
    const endless = Array.from({length: 40}, () => bytes(`data: ${'x'.repeat(500_000)}\n`))
    await expect(read(endless)).rejects.toThrow()
  })

  it('hangs up when the reader stops', async () => {
    let hungUp = false
    const stream = streamOf([bytes('data: 1\n\n'), bytes('data: 2\n\n')], () => {
      hungUp = true
    })
    for await (const _ of serverSentEvents(stream, () => undefined)) break
    expect(hungUp).toBe(true)
  })

  it('says of everything that arrives that it lives', async () => {
    let lives = 0
    for await (const _ of serverSentEvents(streamOf([bytes(': ping\n\n'), bytes(': ping\n\n')]), () => lives++));
    expect(lives).toBe(3)
  })
})

describe('cleanedEvents', () => {
  const clean = async (text: string, onData: (data: unknown) => void = () => undefined) =>
    new Response(cleanedEvents(streamOf([bytes(text)]), () => undefined, onData)).text()

  it('puts each event on one line', async () => {
    expect(await clean(': hi\r\nevent: a\r\ndata: {"a":\r\ndata: 1}\r\n\r\n')).toBe('event: a\ndata: {"a":1}\n\n')
  })

  it('fails at JSON that is none', async () => {
    await expect(clean('data: {"a": oops}\n\n')).rejects.toThrow(SyntaxError)
  })

  it('hides the letters that would end the stream for Cohere’s client', async () => {
    const cleaned = await clean('data: {"text":"so [DONE] is done"}\n\n')
    expect(cleaned).not.toContain('[DONE]')
    expect(JSON.parse(cleaned.slice('data: '.length))).toEqual({text: 'so [DONE] is done'})
  })
})
