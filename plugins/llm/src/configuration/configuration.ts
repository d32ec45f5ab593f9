import type {Context} from '@omni-ops/core/operation'
import {describeOrigin, InvalidSettingError} from '@omni-ops/core/config'
import {DEFAULT_MODELS} from '@omni-ops/core/llm'
import {NoProviderError} from '../routing/errors.ts'
import type {Deployment} from '../routing/deployment.ts'
import {targetOf} from '../routing/targets.ts'
import type {ProviderName} from '../model/provider-adapter.ts'
import {type Access, accessFrom, isReachableBy, whereToSet} from './credentials.ts'
import {deploymentFrom, type OpenAdapter} from './deployment-from.ts'
import {
  type BudgetSettings,
  type CacheSettings,
  cacheSchema,
  type CooldownSettings,
  cooldownSchema,
  type DeploymentSettings,
  deploymentSchema,
  groupSchema,
  type GroupSettings,
  type RetrySettings,
  retrySchema,
  type TimeoutSettings,
  timeoutsSchema,
} from './schema.ts'

type Settings = Context['settings']

/** Everything that a router goes by. */
export interface Configuration {
  readonly deployments: ReadonlyMap<string, Deployment>
  readonly groups: ReadonlyMap<string, GroupSettings>
  /** What is asked where no target is named. */
  readonly defaultTarget: string
  readonly retry: RetrySettings
  readonly cooldown: CooldownSettings
  readonly timeouts: TimeoutSettings
  readonly cache: CacheSettings
  readonly budgets: readonly BudgetSettings[]
  readonly logContent: boolean
  /** Whether the profile's file says which deployments there are; otherwise they were found. */
  readonly isDeclared: boolean
  /** A model that is no deployment yet, of a provider whose access is known; undefined where that is not so. */
  adHoc(provider: ProviderName, model: string): Deployment | undefined
}

/** What is asked for where no model is set: a provider's small, current one. Azure's names are the customer's own. */
export const defaultModels: Partial<Record<ProviderName, string>> = {
  ...DEFAULT_MODELS,
  gemini: 'gemini-2.5-flash',
  vertex: 'gemini-2.5-flash',
  cohere: 'command-a-03-2025',
  bedrock: 'us.anthropic.claude-haiku-4-5-20251001-v1:0',
}

/** So many models that callers name are kept: they may name them as they like. */
const mostAdHoc = 1_000

/** The name of the group of everything that was found. */
export const foundGroup = 'default'

/**
 * In the order in which what is found is asked: what stays on the user's machines first. Vertex AI is not looked for, as
 * credentials of Google Cloud are there for other things too: somebody has to name it.
 */
const searched: readonly ProviderName[] = ['ollama', 'openai', 'anthropic', 'gemini', 'cohere', 'bedrock', 'azure']

/**
 * What the profile says, or without it what the environment gives; undefined where neither names a provider.
 *
 * @throws InvalidSettingError with the line, for values that fit no schema and names that nothing has
 * @throws NoProviderError where `llm.backend` chooses a provider whose key is missing
 */
export function configurationFrom(settings: Settings, open: OpenAdapter): Configuration | undefined {
  const declared = settings.effective('llm.deployments')
  const list = declared.value as readonly DeploymentSettings[] | undefined
  if (declared.origin.kind === 'project') {
    throw new InvalidSettingError(
      `${declared.origin.path}:${declared.origin.line}: llm.deployments belongs in the profile's file, because it names keys and where they are sent`,
      {hint: 'move it to the file that `omni config list --show-origin` shows for the profile'},
    )
  }
  return list === undefined ? found(settings, open) : declaredConfiguration(settings, list, open)
}

function declaredConfiguration(
  settings: Settings,
  list: readonly DeploymentSettings[],
  open: OpenAdapter,
): Configuration {
  const deployments = new Map(list.map(each => [each.id, deploymentFrom(each, settings, open)]))
  const groups = new Map(
    Object.entries((settings.get('llm.groups') as Readonly<Record<string, GroupSettings>> | undefined) ?? {}),
  )
  assertNames(settings, groups, deployments)
  const chosen = settings.effective('llm.default')
  const named = (chosen.value as string | undefined) ?? (settings.get('llm.model') as string | undefined)
  const first = groups.has(foundGroup) ? foundGroup : (groups.keys().next().value ?? list[0]!.id)
  const configuration: Configuration = {
    ...generalSettings(settings),
    deployments,
    groups,
    defaultTarget: named ?? first,
    isDeclared: true,
    adHoc: () => undefined,
  }
  if (chosen.value !== undefined && targetOf(configuration, named!) === undefined) {
    throw new InvalidSettingError(
      `llm.default from ${describeOrigin(chosen.origin)}: there is no group, deployment or model ${named}`,
      {hint: `there are ${[...groups.keys(), ...deployments.keys()].join(', ')}`},
    )
  }
  return configuration
}

/** Of the environment: one deployment for each provider whose access is known, and a group of them in order. */
function found(settings: Settings, open: OpenAdapter): Configuration | undefined {
  const chosen = settings.get('llm.backend') as ProviderName | 'none' | undefined
  if (chosen === 'none') return undefined
  const providers = chosen === undefined ? searched.filter(provider => isFound(settings, provider)) : [chosen]
  if (providers.length === 0) return undefined
  return foundConfiguration(settings, providers, settings.get('llm.model') as string | undefined, open)
}

/** A configuration of providers that were found, with the first one's model named where it has to be. */
export function foundConfiguration(
  settings: Settings,
  providers: readonly ProviderName[],
  model: string | undefined,
  open: OpenAdapter,
): Configuration | undefined {
  const make = (id: string, provider: ProviderName, named: string) =>
    deploymentFrom(deploymentSchema().parse({id, provider, model: named}), settings, open)
  const deployments = new Map<string, Deployment>()
  for (const [at, provider] of providers.entries()) {
    assertAccess(accessFrom(settings, provider), provider)
    const named = at === 0 ? (model ?? defaultModels[provider]) : defaultModels[provider]
    if (named !== undefined) deployments.set(provider, make(provider, provider, named))
  }
  if (deployments.size === 0) {
    throw new NoProviderError(`${providers.join(' and ')} is there, but no model is named`, {
      hint: 'set RAG_LLM_MODEL, or llm.deployments in the profile',
    })
  }
  const group = groupSchema().parse({deployments: [...deployments.keys()]})
  const adHoc = new Map<string, Deployment>()
  return {
    ...generalSettings(settings),
    deployments,
    groups: new Map([[foundGroup, group]]),
    defaultTarget: foundGroup,
    isDeclared: false,
    adHoc(provider, name) {
      const id = `${provider}/${name}`
      const known = adHoc.get(id)
      if (known) return known
      if (!isReachableBy(accessFrom(settings, provider), provider)) return undefined
      const named = {...make('ad-hoc', provider, name), id}
      if (adHoc.size >= mostAdHoc) adHoc.clear()
      adHoc.set(id, named)
      return named
    },
  }
}

/** What holds whichever providers there are. */
export function generalSettings(settings: Settings) {
  return {
    retry: retrySchema().parse(settings.get('llm.retry') ?? {}),
    cooldown: cooldownSchema().parse(settings.get('llm.cooldown') ?? {}),
    timeouts: timeoutsSchema().parse(settings.get('llm.timeouts') ?? {}),
    cache: cacheSchema().parse(settings.get('llm.cache') ?? {}),
    budgets: (settings.get('llm.budgets') as readonly BudgetSettings[] | undefined) ?? [],
    logContent: settings.get('llm.log_content') === true,
  }
}

/** A provider of the environment counts where somebody has said so: Ollama by its host, others by their key. */
function isFound(settings: Settings, provider: ProviderName): boolean {
  const access = accessFrom(settings, provider)
  return provider === 'ollama' ? access.baseUrl !== undefined : isReachableBy(access, provider)
}

function assertAccess(access: Access, provider: ProviderName): void {
  if (isReachableBy(access, provider)) return
  throw new NoProviderError(`${provider} is chosen to write answers, but it has no key`, {
    hint: `set ${whereToSet[provider]}, or RAG_LLM_BACKEND=none for extracts`,
  })
}

/** Every name in a group is a deployment, and every fallback a group or deployment. */
function assertNames(
  settings: Settings,
  groups: ReadonlyMap<string, GroupSettings>,
  deployments: ReadonlyMap<string, unknown>,
): void {
  const unknown = [...groups].flatMap(([name, group]) => [
    ...group.deployments
      .filter(id => !deployments.has(id))
      .map(id => ({
        path: [name, 'deployments', group.deployments.indexOf(id)],
        message: `there is no deployment ${id}`,
      })),
    ...(['fallbacks', 'context_fallbacks', 'content_fallbacks'] as const).flatMap(kind =>
      group[kind]
        .filter(target => !groups.has(target) && !deployments.has(target))
        .map(target => ({
          path: [name, kind, group[kind].indexOf(target)],
          message: `there is no group or deployment ${target}`,
        })),
    ),
    ...(deployments.has(name) ? [{path: [name], message: `a deployment is called ${name} too`}] : []),
  ])
  if (unknown.length > 0) throw settings.problem('llm.groups', unknown)
}
