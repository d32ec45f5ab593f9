import {statSync} from 'node:fs'
import {dirname} from 'node:path'

/** Whom no permission stops: then what is refused has to be refused to somebody else. */
const isRoot = process.getuid?.() === 0

/** A user without rights, for tests which run as root; undefined where the user of the tests is one. */
export const accountWithoutRights = isRoot ? {uid: 65_534, gid: 65_534} : undefined

/** Why tests of permissions cannot run here; undefined where they can. */
export const permissionsUntestable = reason()

function reason(): string | undefined {
  if (process.platform === 'win32') return 'Windows has other permissions'
  if (!isRoot) return undefined
  for (const file of [process.execPath, import.meta.filename]) {
    const closed = ancestors(file).find(directory => (statSync(directory).mode & 0o001) === 0)
    if (closed) return `${closed} is closed to other users, and root itself is refused nothing`
  }
  return undefined
}

function ancestors(path: string): string[] {
  const parent = dirname(path)
  return parent === path ? [] : [parent, ...ancestors(parent)]
}

if (permissionsUntestable) process.stderr.write(`Tests of permissions are skipped: ${permissionsUntestable}\n`)
