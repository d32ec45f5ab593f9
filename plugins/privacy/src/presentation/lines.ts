import {CancelledError, InvalidInputError} from '@omni-ops/core/operation'

const mostCharacters = 10_000_000

/** The lines of a stream without the empty ones. Throws InvalidInputError above ten million characters, CancelledError. */
export async function readLines(source: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<string[]> {
  const decoder = new TextDecoder('utf-8', {fatal: true})
  let text = ''
  for await (const piece of source) {
    if (signal.aborted) throw new CancelledError()
    text += decoder.decode(piece, {stream: true})
    if (text.length > mostCharacters) throw new InvalidInputError('stdin holds more than ten million characters')
  }
  return (text + decoder.decode()).split(/\r?\n/).filter(line => line !== '')
}
