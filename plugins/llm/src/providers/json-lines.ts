/** One line may be this long, in UTF-16 code units. */
const LONGEST_LINE = 16_000_000

/**
 * Newline-delimited JSON, a line in each chunk. It fails with a SyntaxError at the first line that is none, which
 * Ollama's client would skip, after what came before.
 *
 * @param onLife Called for everything that arrives.
 */
export function checkedJsonLines(body: ReadableStream<Uint8Array>, onLife: () => void): ReadableStream<Uint8Array> {
  return ReadableStream.from(encodedLines(body, onLife))
}

async function* encodedLines(body: ReadableStream<Uint8Array>, onLife: () => void): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder()
  const encoder = new TextEncoder()
  let rest = ''
  for await (const bytes of body) {
    onLife()
    const lines = (rest + decoder.decode(bytes, {stream: true})).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > LONGEST_LINE) throw new SyntaxError('a line without end')
    for (const line of lines) if (isJsonLine(line)) yield encoder.encode(`${line}\n`)
  }
  rest += decoder.decode()
  if (isJsonLine(rest)) yield encoder.encode(`${rest}\n`)
}

/** Empty lines are none. @throws SyntaxError */
function isJsonLine(line: string): boolean {
  if (line.trim() === '') return false
  JSON.parse(line)
  return true
}
