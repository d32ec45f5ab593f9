import type {Handler} from '@omni-ops/core/operation'
import {createVirtualKey} from '../keys/virtual-keys.ts'
import type {keysCreate} from '../operations/keys-create.ts'
import {budgetsOf} from '../routing/open-engine.ts'
import {virtualKeyOut} from './virtual-key-output.ts'

export const handle: Handler<typeof keysCreate> = async (input, context) => {
  const {budget, window} = input
  const made = await createVirtualKey(context, await budgetsOf(context), {
    name: input.name,
    scopes: input.scopes,
    expiresInDays: input.expires_in_days,
    limit: {targets: input.targets, rpm: input.rpm ?? null, tpm: input.tpm ?? null},
    budget: budget === undefined ? undefined : {usd: budget, window},
  })
  return {key: made.text, ...virtualKeyOut(made), budget_usd: budget ?? null}
}
