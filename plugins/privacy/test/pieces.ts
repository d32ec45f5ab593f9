/** A text in pieces that are cut at the given places, as a stream would give it. */
export async function* pieces(text: string, cuts: readonly number[] = []): AsyncIterable<string> {
  const places = [...new Set(cuts.map(cut => Math.abs(cut) % (text.length + 1)))].toSorted((a, b) => a - b)
  let from = 0
  for (const place of [...places, text.length]) {
    if (place > from) yield text.slice(from, place)
    from = place
  }
}

/** All pieces joined. */
export async function joined(source: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const piece of source) text += piece
  return text
}
