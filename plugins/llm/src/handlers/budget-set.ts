import {keysShow} from '@omni-ops/core/keys/operations'
import {type Context, DeniedError, type Handler, InvalidInputError} from '@omni-ops/core/operation'
import {budgetSchema} from '../configuration/schema.ts'
import type {budgetSet} from '../operations/budget-set.ts'
import {budgetsOf, configuredModels} from '../routing/open-engine.ts'
import {budgetOut} from './budget-output.ts'

export const handle: Handler<typeof budgetSet> = async ({soft, ...input}, context) => {
  const settings = budgetSchema().parse({...input, hard: !soft})
  if (input.scope === 'tenant' && input.of !== undefined) {
    throw new InvalidInputError('A budget of the tenant is of nobody else', {hint: '--scope key or --scope model'})
  }
  if (input.scope === 'model' && input.of !== undefined) assertModel(input.of, context)
  const of = input.scope === 'key' && input.of !== undefined ? {of: await prefixOf(input.of, context)} : {}
  return budgetOut(await (await budgetsOf(context)).set(context, {...settings, ...of}))
}

/**
 * A key is spent from by its prefix: a budget of its name would limit nothing. Who may not look at keys says the prefix.
 * @throws UnknownKeyError
 */
async function prefixOf(key: string, context: Context): Promise<string> {
  try {
    return (await context.invoke(keysShow, {key})).prefix
  } catch (error) {
    if (error instanceof DeniedError) return key
    throw error
  }
}

/** A budget goes by models: one of a deployment's or group's name would limit nothing. */
function assertModel(name: string, context: Context): void {
  const configuration = configuredModels(context)
  const deployments = [...(configuration?.deployments.values() ?? [])]
  if (deployments.some(({provider, model}) => model === name || `${provider}/${model}` === name)) return
  const behind = configuration?.groups.get(name)?.deployments ?? [name]
  const models = deployments.flatMap(({id, provider, model}) => (behind.includes(id) ? [`${provider}/${model}`] : []))
  if (models.length === 0) return
  throw new InvalidInputError(`of: ${name} is the name of a deployment or group, and a budget goes by models`, {
    hint: `set it for ${models.join(', ')}`,
  })
}
