import {readFile} from 'node:fs/promises'
import {isAbsolute, join, normalize} from 'node:path'
import {ownScope, PluginRefusedError} from './foreign-plugin.ts'

/** What the package.json of a plugin says. */
export interface PluginPackage {
  readonly name: string
  readonly version: string
  readonly description: string | null
  /** The module of its definition, relative to the package. */
  readonly definition: string
  /** The directory of its hand-made commands. */
  readonly commands: string | undefined
}

interface PackageJson {
  readonly name?: unknown
  readonly version?: unknown
  readonly description?: unknown
  readonly omni?: {readonly plugins?: readonly unknown[]; readonly commands?: unknown}
}

/**
 * Reads what a directory holds; nothing of it is run.
 * @throws PluginRefusedError where it is no plugin of omni, or one in the program's own scope
 */
export async function readPluginPackage(root: string): Promise<PluginPackage> {
  const {name, version, description, omni} = await readPackage(root)
  if (typeof name !== 'string' || typeof version !== 'string') {
    throw new PluginRefusedError(`${root} has no package.json with a name and a version`)
  }
  assertOtherScope(name)
  const [definition, more] = omni?.plugins ?? []
  if (typeof definition !== 'string' || more !== undefined) {
    throw new PluginRefusedError(`${name} is no plugin of omni: its package.json names no definition`, {
      hint: '"omni": {"plugins": ["./index.js"]}',
    })
  }
  const commands = omni?.commands
  if (commands !== undefined && typeof commands !== 'string') {
    throw new PluginRefusedError(`omni.commands in the package.json of ${name} is no directory`)
  }
  return {
    name,
    version,
    description: typeof description === 'string' ? description : null,
    definition: inside(definition, name),
    commands: commands === undefined ? undefined : inside(commands, name),
  }
}

/** @throws PluginRefusedError for a package of the program's own scope */
export function assertOtherScope(name: string): void {
  if (!name.startsWith(ownScope)) return
  throw new PluginRefusedError(`Packages in ${ownScope} belong to omni itself, and ${name} cannot be installed`, {
    hint: 'what omni brings of its own is in it already',
  })
}

async function readPackage(root: string): Promise<PackageJson> {
  try {
    return JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as PackageJson
  } catch (error) {
    throw new PluginRefusedError(`${join(root, 'package.json')} cannot be read: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

function inside(path: string, name: string): string {
  const normal = normalize(path)
  if (!isAbsolute(normal) && normal.split(/[\\/]/)[0] !== '..') return normal
  throw new PluginRefusedError(`The package.json of ${name} names ${path}, which is outside the package`)
}
