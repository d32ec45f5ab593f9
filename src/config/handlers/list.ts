import type {Handler} from '../../operation/operation.ts'
import type {configList} from '../operations/list.ts'
import {describeOrigin, displayValue} from '../settings.ts'

export const handle: Handler<typeof configList> = async ({show_origin}, {settings}) => ({
  settings: settings.list().map(setting => ({
    name: setting.name,
    value: displayValue(setting),
    ...(show_origin ? {origin: describeOrigin(setting.origin)} : {}),
    description: setting.declaration.description,
  })),
})
