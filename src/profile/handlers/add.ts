import {resolve} from 'node:path'
import type {Handler} from '../../operation/operation.ts'
import type {profileAdd} from '../operations/add.ts'
import {Profiles} from '../profiles.ts'

export const handle: Handler<typeof profileAdd> = async (input, context) => {
  const {name, url, key, replace, use} = input
  const profiles = new Profiles(context)
  const settings = {
    'remote.url': url,
    tenant: input.default_tenant,
    'remote.silence_seconds': input.silence_seconds,
    'remote.ca_file': input.ca_file === undefined ? undefined : resolve(context.workingDirectory, input.ca_file),
    'remote.allow_http': input.allow_http || undefined,
  }
  const entry = await profiles.add({name, settings, key, replace})
  return {...(use ? await profiles.use(name) : entry), file: profiles.settingsFile(name)}
}
