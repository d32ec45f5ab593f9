import type {Handler} from '../../operation/operation.ts'
import type {profileUse} from '../operations/use.ts'
import {Profiles} from '../profiles.ts'

export const handle: Handler<typeof profileUse> = ({name}, context) => new Profiles(context).use(name)
