import type {Handler} from '../../operation/operation.ts'
import type {configGet} from '../operations/get.ts'
import {describeOrigin, displayValue} from '../settings.ts'

export const handle: Handler<typeof configGet> = async ({name}, {settings}) => {
  const setting = settings.effective(name)
  return {
    name,
    value: displayValue(setting),
    origin: describeOrigin(setting.origin),
    description: setting.declaration.description,
  }
}
