import {readFileSync} from 'node:fs'
import {join, resolve} from 'node:path'

/** A plugin that the user installed, with all that starting omni needs to know of it. */
export interface InstalledPlugin {
  /** Of the definition: the topic of its commands, and the first word of all that is its own. */
  readonly name: string
  /** Of the package. */
  readonly package: string
  readonly version: string
  readonly summary: string
  /** What was given to install it, or the directory that is linked. */
  readonly source: string
  readonly linked: boolean
  /** The package's directory: absolute where it is linked, otherwise relative to that of the plugins. */
  readonly root: string
  /** The module of its definition, relative to the root. */
  readonly definition: string
  readonly topics: Readonly<Record<string, string>>
  /** Its commands as oclif's manifest has them; one without a `relativePath` follows from its operation. */
  readonly commands: Readonly<Record<string, CommandRecord>>
  /** The version of omni that it was checked with. */
  readonly checkedWith: string
}

/** A command of a manifest: plain data, of which only these concern us. */
export interface CommandRecord {
  readonly id: string
  readonly relativePath?: readonly string[]
}

export interface PluginIndex {
  readonly plugins: readonly InstalledPlugin[]
  /** Names of plugins that were uninstalled: their settings may still be in files. */
  readonly former: readonly string[]
  /** Why the index cannot be read, where it cannot; it is then as if nothing were installed. */
  readonly damage?: string
}

/** Where a package lies until it is known to be good. */
export const stagingPrefix = '.staging-'

/** Of the file; another one is not understood. */
export const indexFormat = 1
export const indexFile = (directory: string) => join(directory, 'installed.json')

/**
 * Reads what is installed in one piece, so that a plugin costs a start of omni no file of its own. Never throws: a
 * damaged index must not stop the program.
 */
export function readPluginIndex(directory: string): PluginIndex {
  let text: string
  try {
    text = readFileSync(indexFile(directory), 'utf8')
  } catch (error) {
    const {code, message} = error as NodeJS.ErrnoException
    return {plugins: [], former: [], ...(code === 'ENOENT' || code === 'ENOTDIR' ? {} : {damage: message})}
  }
  try {
    const index = JSON.parse(text) as PluginIndex & {readonly format: number}
    if (index.format !== indexFormat || !Array.isArray(index.plugins))
      throw new Error('it has a form that is not known here')
    return {plugins: index.plugins, former: index.former}
  } catch (error) {
    return {plugins: [], former: [], damage: `${indexFile(directory)}: ${(error as Error).message}`}
  }
}

/** The directory of a plugin's package. */
export function rootOf({root}: InstalledPlugin, directory: string): string {
  return resolve(directory, root)
}
