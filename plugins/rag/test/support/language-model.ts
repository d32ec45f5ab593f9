import type {LanguageModel} from '@omni-ops/core/llm'
import {Registry} from '@omni-ops/core/operation'
import {openStore, type Store} from '@omni-ops/core/store'
import {silentLog, testContext} from '@omni-ops/core/testing'
import {onTestFinished} from 'vitest'
import core from '../../../../src/core-plugin.ts'
import llm from '../../../llm/src/index.ts'

export type Backend = 'openai' | 'anthropic' | 'ollama'

const registry = new Registry([core, llm])

/** The program's language model, over a server of the test's; nothing is tried twice. */
export function languageModel(server: string, {backend = 'openai' as Backend, model = 'm'} = {}): LanguageModel {
  const place = backend === 'ollama' ? 'llm.ollama_host' : `llm.${backend}_base_url`
  let store: Promise<Store> | undefined
  // Before the context is made: what is shared there writes its last when it is closed, and hooks run backwards.
  onTestFinished(async () => (await store)?.close())
  const context = testContext({
    registry,
    settings: {
      'llm.backend': backend,
      'llm.model': model,
      'llm.retry': {attempts: 1},
      [place]: backend === 'openai' ? `${server}/v1` : server,
      ...(backend === 'ollama' ? {} : {[`llm.${backend}_api_key`]: 'test-key'}),
    },
  })
  const opening = open()
  return {
    provider: backend,
    model,
    async *stream(request) {
      yield* (await opening).stream(request)
    },
  }

  async function open(): Promise<LanguageModel> {
    const migrations = await registry.migrations()
    const opened = openStore({url: 'sqlite::memory:', migrations, clock: context.clock, log: silentLog})
    store = opened
    const opener = await registry.languageModels()
    return (await opener!({...context, store: () => opened}))!
  }
}
