import type {Handler} from '../../operation/operation.ts'
import type {profileList} from '../operations/list.ts'
import {Profiles} from '../profiles.ts'

export const handle: Handler<typeof profileList> = async (_, context) => ({
  profiles: await new Profiles(context).list(),
})
