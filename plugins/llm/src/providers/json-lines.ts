/** One line may be this long, in UTF-16 code units. */
const LONGEST_LINE = 16_000_000

/**
 * Passes newline-delimited JSON on, whole lines only, and fails with a SyntaxError at the first that is none: Ollama's
 * client skips such lines.
 *
 * @param onLife Called for everything that arrives.
 */
export function checkedJsonLines(onLife: () => void): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder()
  const encoder = new TextEncoder()
  let rest = ''
  const pass = (text: string, controller: TransformStreamDefaultController<Uint8Array>): void => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > LONGEST_LINE) throw new SyntaxError('a line without end')
    const filled = lines.filter(line => line.trim() !== '')
    for (const line of filled) JSON.parse(line)
    if (filled.length > 0) controller.enqueue(encoder.encode(`${filled.join('\n')}\n`))
  }
  return new TransformStream({
    transform(bytes, controller) {
      onLife()
      pass(decoder.decode(bytes, {stream: true}), controller)
    },
    flush(controller) {
      pass(`${decoder.decode()}\n`, controller)
    },
  })
}
