import {mkdir, readdir, rm, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout} from 'node:timers/promises'
import {replaceFile} from '../config/yaml-file.ts'
import {FailureError} from '../operation/errors.ts'
import {systemClock} from '../operation/random.ts'
import {indexFile, indexFormat, type PluginIndex, readPluginIndex, stagingPrefix} from './installed-plugins.ts'

/** The index of the plugins cannot be read, or nobody lets go of it. */
export class PluginIndexError extends FailureError {
  override readonly code = 'plugin_index'
}

/**
 * Changes the index in one step, one process after the other, and then removes the directories that it names no
 * longer. What `change` throws leaves everything as it was.
 * @throws PluginIndexError where the index is damaged or another process does not let go of it
 */
export async function changePluginIndex(
  directory: string,
  change: (index: PluginIndex) => PluginIndex | Promise<PluginIndex>,
): Promise<PluginIndex> {
  await mkdir(directory, {recursive: true, mode: 0o700})
  const release = await lock(join(directory, '.lock'))
  try {
    const present = readPluginIndex(directory)
    if (present.damage !== undefined) {
      throw new PluginIndexError(`What is installed cannot be read: ${present.damage}`, {
        hint: `remove ${indexFile(directory)} and install the plugins again`,
      })
    }
    const changed = await change(present)
    await replaceFile(indexFile(directory), `${JSON.stringify({format: indexFormat, ...changed}, null, 2)}\n`)
    await removeLeftovers(directory, changed)
    return changed
  } finally {
    await release()
  }
}

/** The index is held for milliseconds: who holds it longer than this has died with it. */
const staleMs = 10_000
const patienceMs = 15_000
const pauseMs = 25

/** A directory can be made once: who makes it holds the lock. */
async function lock(path: string): Promise<() => Promise<void>> {
  for (let waited = 0; waited < patienceMs; waited += pauseMs) {
    try {
      await mkdir(path)
      return () => rm(path, {recursive: true, force: true})
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    if ((await ageOf(path)) > staleMs) await rm(path, {recursive: true, force: true})
    else await setTimeout(pauseMs)
  }
  throw new PluginIndexError(`Another omni is changing the plugins: ${path} is there`, {
    hint: `remove ${path} if no omni runs`,
  })
}

/** Milliseconds since a file was changed; 0 where it is gone. */
async function ageOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined)
  return found === undefined ? 0 : systemClock.now().getTime() - found.mtimeMs
}

const abandonedMs = 24 * 60 * 60 * 1000

async function removeLeftovers(directory: string, {plugins}: PluginIndex): Promise<void> {
  const named = new Set(plugins.filter(({linked}) => !linked).map(({root}) => root.split(/[\\/]/)[0]!))
  for (const entry of await readdir(directory, {withFileTypes: true})) {
    if (!entry.isDirectory() || named.has(entry.name) || entry.name === '.lock') continue
    const path = join(directory, entry.name)
    // Another process may be at work in its staging directory.
    if (entry.name.startsWith(stagingPrefix) && (await ageOf(path)) < abandonedMs) continue
    await rm(path, {recursive: true, force: true})
  }
}
