import {readdir} from 'node:fs/promises'

/** The tables in a directory, sorted; none where the directory does not exist. */
export async function tablesIn(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, {withFileTypes: true})
    return entries
      .filter(entry => entry.isDirectory() && entry.name.endsWith('.lance'))
      .map(entry => entry.name.slice(0, -'.lance'.length))
      .toSorted()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
