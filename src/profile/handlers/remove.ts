import {existsSync} from 'node:fs'
import {dirname, join} from 'node:path'
import type {Handler} from '../../operation/operation.ts'
import type {profileRemove} from '../operations/remove.ts'
import {Profiles} from '../profiles.ts'

export const handle: Handler<typeof profileRemove> = async ({name, dry_run}, context) => {
  const profiles = new Profiles(context)
  const files = await profiles.files(name)
  const data = join(dirname(context.directories.data), name)
  if (!dry_run) await profiles.remove(name)
  return {name, files, removed: !dry_run, data: existsSync(data) ? data : null}
}
