import type {Context, Handler} from '@omni-ops/core/operation'
import {createVirtualKey} from '../keys/virtual-keys.ts'
import type {keysCreate} from '../operations/keys-create.ts'
import {budgetsOf, configuredModels} from '../routing/open-engine.ts'
import {resolveTarget} from '../routing/targets.ts'
import {virtualKeyOut} from './virtual-key-output.ts'

export const handle: Handler<typeof keysCreate> = async (input, context) => {
  const {budget, window} = input
  await assertTargets(input.targets, context)
  const made = await createVirtualKey(context, await budgetsOf(context), {
    name: input.name,
    scopes: input.scopes,
    expiresInDays: input.expires_in_days,
    limit: {targets: input.targets, rpm: input.rpm ?? null, tpm: input.tpm ?? null},
    budget: budget === undefined ? undefined : {usd: budget, window},
  })
  return {key: made.text, ...virtualKeyOut(made), budget_usd: budget ?? null}
}

/** A misspelled target would make a key that may ask nothing. What is configured nowhere yet is not known to be one. */
async function assertTargets(targets: readonly string[], context: Context): Promise<void> {
  if (targets.length === 0) return
  const configuration = configuredModels(context)
  if (configuration) for (const target of targets) resolveTarget(configuration, target)
}
