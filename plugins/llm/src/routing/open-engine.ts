import type {Context} from '@omni-ops/core/operation'
import type {Store} from '@omni-ops/core/store'
import {Budgets} from '../budget/budgets.ts'
import {AnswerCache} from '../cache/answer-cache.ts'
import {type Configuration, configurationFrom} from '../configuration/configuration.ts'
import {searchedConfiguration} from '../configuration/local-ollama.ts'
import {KeyLimits} from '../keys/key-limits.ts'
import {Ledger} from '../ledger/ledger.ts'
import {providerAdapters} from '../configuration/provider-adapters.ts'
import {Cooldowns} from './cooldowns.ts'
import type {Engine} from './engine.ts'
import {NoProviderError} from './errors.ts'
import {DeploymentLoad} from './load.ts'
import {systemTiming, type Timing} from './timing.ts'

/** Time for a call to be settled after its deadline, in milliseconds, before its reservation is given up. */
const settlingMs = 60_000

/**
 * The engine of the profile, one for the whole process.
 * @throws NoProviderError, InvalidSettingError
 */
export async function engineOf(context: Context, {search = false}: {readonly search?: boolean}): Promise<Engine> {
  const store = await context.store()
  const open = providerAdapters(context)
  const configuration = configurationFrom(context.settings, open)
  if (configuration) return sharedEngine(context, store, configuration, 'configured')
  const found = search ? await searchedConfiguration(context, open) : undefined
  if (found) return sharedEngine(context, store, found, 'found')
  throw notConfigured(context)
}

function sharedEngine(context: Context, store: Store, configuration: Configuration, how: string): Promise<Engine> {
  return context.shared(
    `llm/engine/${how}`,
    async () => makeEngine({configuration, store, clock: context.clock, timing: systemTiming}),
    engine => engine.ledger.flush(),
  )
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
    budgets: new Budgets(store, configuration.budgets, configuration.timeouts.total * 1000 + settlingMs),
    keys: new KeyLimits(store, clock),
    cache: new AnswerCache(store, configuration.cache),
  }
}

function notConfigured({settings, profile}: Pick<Context, 'settings' | 'profile'>): NoProviderError {
  if (settings.get('llm.backend') === 'none') {
    return new NoProviderError('Language models are turned off: llm.backend is none', {
      hint: 'unset RAG_LLM_BACKEND, or `omni config unset llm.backend`',
    })
  }
  return new NoProviderError('No language model is configured, and no Ollama answers on this machine', {
    hint:
      'set one of OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, COHERE_API_KEY, AZURE_OPENAI_API_KEY with ' +
      'AZURE_OPENAI_ENDPOINT, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY with AWS_REGION; or start Ollama ' +
      `(\`ollama serve\`), or set OLLAMA_HOST; or write llm.deployments into ${profile.settingsFile}`,
  })
}
