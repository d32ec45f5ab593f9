import {type FSWatcher, statSync, watch} from 'node:fs'
import {readdir, stat} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'

/** Between two looks at files whose changes the system does not tell, such as those of another machine. */
const lookMs = 2_000

/**
 * What files say of themselves, to be compared: names, sizes, times and places. Of a SQLite database the log beside it
 * counts too. Empty where there is nothing.
 */
export async function fingerprint(location: string): Promise<string> {
  const found = await stat(location, {bigint: true}).catch(() => undefined)
  if (found === undefined) return ''
  const paths = found.isDirectory()
    ? (await readdir(location).catch(() => [])).toSorted().map(name => join(location, name))
    : [location, `${location}-wal`]
  const lines = await Promise.all(
    paths.map(async path => {
      const each = await stat(path, {bigint: true}).catch(() => undefined)
      return each?.isFile() === true ? `${path} ${each.size} ${each.mtimeNs} ${each.ino}` : ''
    }),
  )
  return lines.join('\n')
}

/**
 * Calls back whenever the files of a location may have changed, until it is closed. The directory is watched and not
 * the file: programs put a new file in the place of the old one.
 */
export function watchFiles(location: string, onChange: () => void): {close(): void} {
  const isDirectory = statSync(location, {throwIfNoEntry: false})?.isDirectory() === true
  const directory = isDirectory ? location : dirname(location)
  const file = basename(location)
  let watcher: FSWatcher | undefined
  try {
    watcher = watch(directory, {persistent: false}, (_event, name) => {
      if (isDirectory || name === null || name.startsWith(file)) onChange()
    })
    // What cannot be watched is looked at now and then all the same.
    watcher.on('error', () => watcher?.close())
  } catch {
    watcher = undefined
  }
  const looking = setInterval(onChange, lookMs)
  looking.unref()
  return {
    close() {
      watcher?.close()
      clearInterval(looking)
    },
  }
}
