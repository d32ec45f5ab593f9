import {open, readdir, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {type IdentifierSearch, total} from './identifier-search.ts'

const pieceBytes = 4 * 1024 * 1024
/** Longer than any identifier in any encoding. */
const overlapBytes = 4096

/** How often the identifiers stand in a file. A file that is gone meanwhile holds nothing. */
export async function occurrencesInFile(path: string, search: IdentifierSearch): Promise<number> {
  return total(await countsInFile(path, search))
}

/** The same, one number for each identifier. */
export async function countsInFile(path: string, search: IdentifierSearch): Promise<number[]> {
  const counts = search.counts('')
  const file = await open(path, 'r').catch(ignoreMissing)
  if (file === undefined) return counts
  try {
    const buffer = Buffer.allocUnsafe(overlapBytes + pieceBytes)
    let kept = 0
    for (;;) {
      const {bytesRead} = await file.read(buffer, kept, pieceBytes)
      if (bytesRead === 0) return counts
      const filled = kept + bytesRead
      for (const [at, count] of search.counts(buffer.toString('latin1', 0, filled), kept).entries())
        counts[at]! += count
      kept = Math.min(overlapBytes, filled)
      buffer.copyWithin(0, filled - kept, filled)
    }
  } finally {
    await file.close()
  }
}

/** Every file below a directory, or the file itself; none where it is not there. Links are not followed. */
export async function* filesBelow(path: string): AsyncGenerator<string> {
  const about = await stat(path).catch(ignoreMissing)
  if (about === undefined) return
  if (about.isFile()) {
    yield path
    return
  }
  if (!about.isDirectory()) return
  const entries = (await readdir(path, {withFileTypes: true}).catch(ignoreMissing)) ?? []
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const below = join(path, entry.name)
    if (entry.isDirectory()) yield* filesBelow(below)
    else if (entry.isFile()) yield below
  }
}

function ignoreMissing(error: unknown): undefined {
  const {code} = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
  throw error
}
