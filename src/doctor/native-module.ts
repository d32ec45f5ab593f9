import {readFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {dirname, join} from 'node:path'
import type {Finding} from '../operation/plugin.ts'

/** Whether a package with native code loads, for the module whose URL is `from`. */
export function nativeModule(name: string, from: string): Finding {
  const require = createRequire(from)
  try {
    require(name)
    return {name, status: 'ok', message: `${versionOf(name, require.resolve(name))} loads`}
  } catch (error) {
    return {
      name,
      status: 'problem',
      message: `does not load: ${(error as Error).message.split('\n')[0]}`,
      fix: 'run `npm ci` again on this machine; the package brings a binary per system',
    }
  }
}

/** The version in the package.json above a package's entry; not every package exports that file. */
function versionOf(name: string, entry: string): string {
  for (let directory = dirname(entry); directory !== dirname(directory); directory = dirname(directory)) {
    try {
      const found = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
        name?: string
        version?: string
      }
      if (found.name === name) return found.version ?? ''
    } catch {
      // Not every directory on the way has one.
    }
  }
  return ''
}
