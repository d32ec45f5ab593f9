import {readdir} from 'node:fs/promises'
import {join} from 'node:path'

/** The tables in a directory, sorted; none where the directory does not exist. */
export async function tablesIn(directory: string): Promise<string[]> {
  const names = (await entriesOf(directory)).filter(name => name.endsWith('.lance'))
  const present = await Promise.all(names.map(name => hasVersion(join(directory, name))))
  return names
    .filter((_, index) => present[index])
    .map(name => name.slice(0, -'.lance'.length))
    .toSorted()
}

/** Another process makes a table's directory and its data before the version that makes it a table. */
async function hasVersion(table: string): Promise<boolean> {
  return (await versionsOf(table)).length > 0
}

/** The names of a table's versions, in no order; none where there is no table. */
export async function versionsOf(table: string): Promise<string[]> {
  return (await entriesOf(join(table, '_versions'))).filter(name => name.endsWith('.manifest'))
}

async function entriesOf(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return []
    throw error
  }
}
