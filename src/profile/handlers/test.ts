import {InvalidInputError} from '../../operation/errors.ts'
import type {Handler} from '../../operation/operation.ts'
import type {profileTest} from '../operations/test.ts'
import {whoami} from '../operations/whoami.ts'
import {Profiles} from '../profiles.ts'

/** The profile's data is on this machine: there is nothing to reach. */
export class NotRemoteError extends InvalidInputError {
  override readonly code = 'profile_not_remote'
}

/** The command opens its session with the profile that is named, so the context's remote is the one to test. */
export const handle: Handler<typeof profileTest> = async (_, context) => {
  const {profile, remote, clock} = context
  if (remote === undefined) {
    await new Profiles(context).show(profile.name)
    throw new NotRemoteError(`The data of profile ${profile.name} is on this machine`, {
      hint: '`omni doctor` checks this machine',
    })
  }
  const began = clock.elapsed()
  const identity = await context.invoke(whoami, {})
  return {
    name: profile.name,
    url: remote.url,
    version: remote.version ?? null,
    milliseconds: Math.round(clock.elapsed() - began),
    ...identity,
  }
}
