import type {Handler} from '@omni-ops/core/operation'
import {listVirtualKeys} from '../keys/virtual-keys.ts'
import type {keysList} from '../operations/keys-list.ts'
import {virtualKeyOut} from './virtual-key-output.ts'

export const handle: Handler<typeof keysList> = async (_, context) => ({
  keys: (await listVirtualKeys(context)).map(virtualKeyOut),
})
