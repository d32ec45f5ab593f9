import type {Context} from '@omni-ops/core/operation'
import type {Store} from '@omni-ops/core/store'
import {Budgets} from '../budget/budgets.ts'
import {AnswerCache} from '../cache/answer-cache.ts'
import {type Configuration, configurationFrom, generalSettings} from '../configuration/configuration.ts'
import {searchedConfiguration} from '../configuration/local-ollama.ts'
import {KeyLimits} from '../keys/key-limits.ts'
import {withoutErasedPersons} from '../ledger/content-of-erased.ts'
import {Ledger} from '../ledger/ledger.ts'
import {providerAdapters} from '../configuration/provider-adapters.ts'
import {Cooldowns} from './cooldowns.ts'
import type {Engine} from './engine.ts'
import {NoProviderError} from './errors.ts'
import {DeploymentLoad} from './load.ts'
import {SharedState} from './shared-state.ts'
import {systemTiming, type Timing} from './timing.ts'

/** Time for a call to be settled after its deadline, in milliseconds, before its reservation is given up. */
const settlingMs = 60_000

/**
 * The engine of the profile, one for the whole process.
 * @throws NoProviderError, InvalidSettingError
 */
export async function engineOf(context: Context, {search = false}: {readonly search?: boolean}): Promise<Engine> {
  // Before what is shared below: the store is closed last.
  await context.store()
  const open = providerAdapters(context)
  const configuration = configurationFrom(context.settings, open)
  if (configuration) return sharedEngine(context, configuration, 'configured')
  const found = search ? await searchedConfiguration(context, open) : undefined
  if (found) return sharedEngine(context, found, 'found')
  throw notConfigured(context)
}

/** What the profile and the environment say of models; undefined where they say nothing. @throws InvalidSettingError */
export function configuredModels(context: Context): Configuration | undefined {
  return configurationFrom(context.settings, providerAdapters(context))
}

async function sharedEngine(context: Context, configuration: Configuration, how: string): Promise<Engine> {
  const [ledger, budgets, keys, cache] = await Promise.all([
    ledgerOf(context),
    budgetsOf(context),
    keyLimitsOf(context),
    answerCacheOf(context),
  ])
  const {clock} = context
  const store = await context.store()
  const {engine} = await context.shared(
    `llm/engine/${how}`,
    async () => {
      const cooldowns = new Cooldowns(configuration.cooldown, clock)
      const load = new DeploymentLoad(clock)
      const engine: Engine = {configuration, timing: systemTiming, cooldowns, load, ledger, budgets, keys, cache}
      const loads = {deployment: load, key: keys.load}
      return {engine, state: await SharedState.open({store, cooldowns, loads, context, timing: systemTiming})}
    },
    ({state}) => state.close(),
  )
  return engine
}

/** Where this process writes calls down; what the database did not take is tried again when it ends. */
export async function ledgerOf(context: Context): Promise<Ledger> {
  const store = await context.store()
  return context.shared(
    'llm/ledger',
    async () => new Ledger(store, systemTiming, withoutErasedPersons(context)),
    ledger => ledger.close(),
  )
}

export async function budgetsOf(context: Context): Promise<Budgets> {
  const store = await context.store()
  const {budgets, timeouts} = generalSettings(context.settings)
  return context.shared('llm/budgets', async () => new Budgets(store, budgets, reservationLife(timeouts)))
}

export async function keyLimitsOf(context: Context): Promise<KeyLimits> {
  const store = await context.store()
  return context.shared('llm/keys', async () => new KeyLimits(store, context.clock))
}

export async function answerCacheOf(context: Context): Promise<AnswerCache> {
  const store = await context.store()
  const {cache} = generalSettings(context.settings)
  return context.shared('llm/cache', async () => new AnswerCache(store, cache))
}

/** An engine of its own, with the parts that a test may choose. */
export function makeEngine({
  configuration,
  store,
  clock,
  timing,
}: {
  readonly configuration: Configuration
  readonly store: Store
  readonly clock: Context['clock']
  readonly timing: Timing
}): Engine {
  return {
    configuration,
    timing,
    cooldowns: new Cooldowns(configuration.cooldown, clock),
    load: new DeploymentLoad(clock),
    ledger: new Ledger(store, timing),
    budgets: new Budgets(store, configuration.budgets, reservationLife(configuration.timeouts)),
    keys: new KeyLimits(store, clock),
    cache: new AnswerCache(store, configuration.cache),
  }
}

/** Milliseconds. */
function reservationLife({total}: Configuration['timeouts']): number {
  return total * 1000 + settlingMs
}

function notConfigured({settings, profile, principal}: Context): NoProviderError {
  // Where the file is, is nobody's business over the network.
  const file = principal.kind === 'local' ? profile.settingsFile : "the profile's file"
  if (settings.get('llm.backend') === 'none') {
    return new NoProviderError('Language models are turned off: llm.backend is none', {
      hint: 'unset RAG_LLM_BACKEND, or `omni config unset llm.backend`',
    })
  }
  return new NoProviderError('No language model is configured, and no Ollama answers on this machine', {
    hint:
      'set one of OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, COHERE_API_KEY, AZURE_OPENAI_API_KEY with ' +
      'AZURE_OPENAI_ENDPOINT, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY with AWS_REGION; or start Ollama ' +
      `(\`ollama serve\`), or set OLLAMA_HOST; or write llm.deployments into ${file}`,
  })
}
