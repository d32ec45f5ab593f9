import type {Handler} from '../../operation/operation.ts'
import type {profileShow} from '../operations/show.ts'
import {Profiles} from '../profiles.ts'

export const handle: Handler<typeof profileShow> = async ({name}, context) => {
  const profiles = new Profiles(context)
  const shown = name ?? context.profile.name
  return {...(await profiles.show(shown)), file: profiles.settingsFile(shown)}
}
