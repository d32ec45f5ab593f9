import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {LLMock} from '@copilotkit/aimock'
import {readSettingsFile, Settings} from '@omni-ops/core/config'
import {testContext} from '@omni-ops/core/testing'
import {afterAll, beforeAll, expect, onTestFinished, test} from 'vitest'
import {parse, stringify} from 'yaml'
import {configurationFrom} from '../../src/configuration/configuration.ts'
import {whereToSet} from '../../src/configuration/credentials.ts'
import {providerAdapters} from '../../src/configuration/provider-adapters.ts'
import {providerNames} from '../../src/model/provider-adapter.ts'
import {completionPrice} from '../../src/pricing/completion-price.ts'
import {GoogleTokenServer, userCredentials} from '../providers/google-token-server.ts'
import {callOf, collect, textOf, userSays} from '../providers/provider-servers.ts'
import {registry} from '../support/routing.ts'
import {usageOf} from '../support/scripted-adapter.ts'

const docs = new URL('../../../../docs/', import.meta.url)

/** Every piece of a profile that a page shows, with the page and its line. */
const shown = readdirSync(docs)
  .filter(page => page.endsWith('.md'))
  .flatMap(page =>
    [...readFileSync(new URL(page, docs), 'utf8').matchAll(/^```yaml\n(llm:\n.*?)^```/gms)].map(match => ({
      where: `${page}:${match.input.slice(0, match.index).split('\n').length}`,
      yaml: match[1]!,
    })),
  )
const mock = new LLMock({port: 0})
const tokens = await new GoogleTokenServer({token: 'a-token', now: () => new Date()}).start()

beforeAll(async () => {
  await mock.start()
  mock.onMessage(/.*/, {content: 'Thirty days.'})
})
afterAll(() => {
  tokens.stop()
  return mock.stop()
})

/** The configuration of a profile in whose surroundings each key is where the profile says. */
async function configurationOf(yaml: string) {
  const directory = mkdtempSync(join(tmpdir(), 'omni-documented-'))
  onTestFinished(() => rmSync(directory, {recursive: true, force: true}))
  const key = join(directory, 'key')
  writeFileSync(key, 'key-of-a-file', {mode: 0o600})
  writeFileSync(`${key}.json`, userCredentials(tokens.url), {mode: 0o600})
  const path = join(directory, 'default.yaml')
  writeFileSync(path, yaml.replaceAll(/file:\/[\w/-]+(\.json)?/g, `file:${key}$1`))
  const variables = Object.values(whereToSet).flatMap(text => text.match(/\b[A-Z][A-Z_]{4,}\b/g) ?? [])
  const env = Object.fromEntries(
    variables.filter(name => !/ENDPOINT|HOST|BEARER/.test(name)).map(name => [name, 'key']),
  )
  const profile = await readSettingsFile(path)
  const settings = new Settings(registry.settings(), {env, profile})
  return {settings, configuration: configurationFrom(settings, providerAdapters(testContext({registry})))!}
}

test.each(shown)('$where is a profile without a mistake', async ({yaml}) => {
  const {settings} = await configurationOf(yaml)
  const set = settings.list().filter(({origin}) => origin.kind === 'profile')
  expect(set.length).toBeGreaterThan(0)
})

test('the page of language models has a configuration for every provider, which answers, and whose price is known', async () => {
  const {yaml} = shown.find(({where}) => where.startsWith('llm.md:'))!
  const priced = await configurationOf(yaml)
  for (const {id, priced: model} of priced.configuration.deployments.values()) {
    expect([id, model && (await completionPrice(model, usageOf(1_000, 1_000), new Date('2026-11-23')))]).toEqual([
      id,
      expect.any(BigInt),
    ])
  }

  const profile = parse(yaml) as {llm: {deployments: {provider: string; base_url: string}[]}}
  expect(profile.llm.deployments.map(({provider}) => provider).toSorted()).toEqual([...providerNames].toSorted())
  for (const deployment of profile.llm.deployments) {
    const versioned = ['openai', 'openai-compatible'].includes(deployment.provider)
    deployment.base_url = versioned ? `${mock.url}/v1` : mock.url
  }
  const {configuration} = await configurationOf(stringify(profile))
  for (const deployment of configuration.deployments.values()) {
    const adapter = await deployment.adapter()
    const events = await collect(adapter.complete(userSays('How long is the notice period?'), callOf()))
    expect([deployment.id, textOf(events)]).toEqual([deployment.id, 'Thirty days.'])
  }
})
