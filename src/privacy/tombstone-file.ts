import {join, resolve} from 'node:path'
import type {Context} from '../operation/context.ts'

type Places = Pick<Context, 'directories' | 'profile' | 'settings' | 'workingDirectory'>

/**
 * The directory with the list and its key. Not in the data directory: what is put back from a copy of that is older than
 * the list, and must not take the list's place.
 */
export function erasureDirectory({directories, profile, settings, workingDirectory}: Places): string {
  const chosen = settings.get('erasure.directory')
  const base = typeof chosen === 'string' ? resolve(workingDirectory, chosen) : join(directories.state, 'erasures')
  return join(base, profile.name)
}

export function tombstoneFile(places: Places): string {
  return join(erasureDirectory(places), 'tombstones.ndjson')
}
