import type {Configuration} from '../configuration/configuration.ts'
import type {GroupSettings, Strategy} from '../configuration/schema.ts'
import {isProvider} from '../model/provider-adapter.ts'
import type {Deployment} from './deployment.ts'
import {UnknownTargetError} from './errors.ts'

/** What stands behind a name. */
export interface Target {
  readonly name: string
  readonly group: GroupSettings | null
  readonly strategy: Strategy
  readonly deployments: readonly Deployment[]
}

/** @throws UnknownTargetError with the names that there are */
export function resolveTarget(configuration: Configuration, name: string): Target {
  const target = targetOf(configuration, name)
  if (target) return target
  const known = [...configuration.groups.keys(), ...configuration.deployments.keys()]
  throw new UnknownTargetError(`There is no model, group or deployment ${name}`, {
    hint: `there are ${known.slice(0, 20).join(', ')}; \`omni llm models\` lists all`,
    details: {target: name},
  })
}

/** What a call may name; undefined where nothing is called so. */
export function targetOf(configuration: Configuration, name: string): Target | undefined {
  const {groups, deployments} = configuration
  const group = groups.get(name)
  if (group) {
    return {name, group, strategy: group.strategy, deployments: group.deployments.map(id => deployments.get(id)!)}
  }
  const one = deployments.get(name)
  if (one) return {name, group: null, strategy: 'order', deployments: [one]}
  const same = [...deployments.values()].filter(
    each => `${each.provider}/${each.model}` === name || each.model === name,
  )
  if (same.length > 0) return {name, group: null, strategy: 'order', deployments: same}
  const slash = name.indexOf('/')
  const provider = name.slice(0, Math.max(0, slash))
  const adHoc = isProvider(provider) ? configuration.adHoc(provider, name.slice(slash + 1)) : undefined
  return adHoc ? {name, group: null, strategy: 'order', deployments: [adHoc]} : undefined
}
