import {expect, test} from 'vitest'
import {MessageLines, type RefusedLine} from './message-lines.ts'

const ping = (id: unknown) => JSON.stringify({jsonrpc: '2.0', id, method: 'ping'})

/** What goes through, and what is told of the rest, of bytes that come in pieces of a length. */
async function read(bytes: Buffer, {piece = bytes.length, longest = 1000} = {}) {
  const refused: RefusedLine[] = []
  const lines = new MessageLines({longest, refuse: async each => void refused.push(each)})
  for (let from = 0; from < bytes.length; from += piece) lines.write(bytes.subarray(from, from + piece))
  lines.end()
  let through = ''
  for await (const chunk of lines) through += String(chunk)
  return {through: through.split('\n').slice(0, -1), refused: refused.map(({code, id}) => [code, id])}
}

test.each([
  ['a beginning of a message', '{"jsonrpc":"2.0","id":1,"method":"ping"', [-32700, null]],
  ['words', 'hello', [-32700, null]],
  ['what is not UTF-8', Buffer.from([0x22, 0xff, 0x22]), [-32700, null]],
  ['a number', '1', [-32600, null]],
  ['null', 'null', [-32600, null]],
  ['an empty batch', '[]', [-32600, null]],
  ['a batch', `[${ping(1)},${ping(2)}]`, [-32600, null]],
  ['a request without its version', '{"id":3,"method":"ping"}', [-32600, 3]],
  ['a request of null', ping(null), [-32600, null]],
  ['a request of a fraction', ping(1.5), [-32600, 1.5]],
  [
    'a request whose parameters are none',
    '{"jsonrpc":"2.0","id":"four","method":"ping","params":"x"}',
    [-32600, 'four'],
  ],
  ['a request whose method is none', '{"jsonrpc":"2.0","id":5,"method":1}', [-32600, 5]],
  ['a notification whose method is none', '{"jsonrpc":"2.0","method":1}', [-32600, null]],
])('refuses %s and goes on', async (_, line, refused) => {
  const bytes = Buffer.concat([Buffer.from(line), Buffer.from(`\n${ping(9)}\n`)])
  expect(await read(bytes)).toEqual({through: [ping(9)], refused: [refused]})
})

test.each([
  ['blank lines', '\n  \r\n\n'],
  ['a response that is none, which nobody waits for', '{"jsonrpc":"2.0","id":5,"result":1}\n'],
])('says nothing of %s', async (_, text) => {
  expect(await read(Buffer.from(text))).toEqual({through: [], refused: []})
})

test('reads the last line without its end, a byte order mark and other systems’ line ends', async () => {
  const bytes = Buffer.from(`\uFEFF${ping('ü')}\r\n${ping(2)}`)
  const expected = {through: [ping('ü'), ping(2)], refused: []}
  expect(await read(bytes)).toEqual(expected)
  expect(await read(bytes, {piece: 1})).toEqual(expected)
})

test('refuses a line that is too long once, and keeps nothing of it', async () => {
  const longest = ping(1).length + 1
  const bytes = Buffer.from(`${ping(1)}\n${'x'.repeat(longest)}\n${'y'.repeat(10 * longest)}\n${ping(2)}\n`)
  const expected = {
    through: [ping(1), ping(2)],
    refused: [
      [-32600, null],
      [-32600, null],
    ],
  }
  expect(await read(bytes, {longest})).toEqual(expected)
  expect(await read(bytes, {longest, piece: 7})).toEqual(expected)
})
