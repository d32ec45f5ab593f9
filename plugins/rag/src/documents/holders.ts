/** A source and the files that hold it: `a.eml!b.eml!c.pdf`, `a.eml!b.eml`, `a.eml`. */
export function holdersOf(source: string): string[] {
  const holders = [source]
  for (let end = source.lastIndexOf('!'); end > 0; end = source.lastIndexOf('!', end - 1)) {
    holders.push(source.slice(0, end))
  }
  return holders
}

const HOLDERS = new Set(['message/rfc822', 'application/mbox', 'application/vnd.ms-outlook'])

/** Whether files of this media type may hold others, which are documents of their own. */
export function holdsDocuments(mediaType: string): boolean {
  return HOLDERS.has(mediaType)
}
