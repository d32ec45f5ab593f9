import type {Handler} from '../../operation/operation.ts'
import type {configUnset} from '../operations/unset.ts'
import {readSettingsFile, writeSetting} from '../yaml-file.ts'
import {UnknownSettingError} from '../settings.ts'
import {settingsFileOf} from './set.ts'

export const handle: Handler<typeof configUnset> = async ({name, project}, context) => {
  const {structured} = context.settings.declaration(name)
  const file = settingsFileOf(context, project)
  const content = await readSettingsFile(file)
  const present = structured ? content?.subtree?.(name) !== undefined : content?.values.has(name) === true
  if (!present)
    throw new UnknownSettingError(`${file} does not set ${name}`, {hint: '`omni config get` shows what does'})
  await writeSetting(file, name, undefined)
  return {name, file}
}
