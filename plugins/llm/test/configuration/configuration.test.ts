import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {InvalidSettingError, readSettingsFile, Settings} from '@omni-ops/core/config'
import {CancelledError} from '@omni-ops/core/operation'
import {describe, expect, onTestFinished, test} from 'vitest'
import {configurationFrom} from '../../src/configuration/configuration.ts'
import type {OpenAdapter} from '../../src/configuration/deployment-from.ts'
import {searchedConfiguration} from '../../src/configuration/local-ollama.ts'
import {judge, needOf} from '../../src/routing/candidates.ts'
import {Cooldowns} from '../../src/routing/cooldowns.ts'
import {NoProviderError} from '../../src/routing/errors.ts'
import {DeploymentLoad} from '../../src/routing/load.ts'
import {resolveTarget} from '../../src/routing/targets.ts'
import {registry} from '../support/routing.ts'
import {ScriptedAdapter} from '../support/scripted-adapter.ts'

/** Opens nothing, and remembers what it was asked to open. */
function opener() {
  const opened: Record<string, unknown>[] = []
  const open: OpenAdapter = {
    async adapter(options) {
      opened.push({...options})
      return new ScriptedAdapter(options.model, [], options.provider)
    },
    facts: () => ({capabilities: ['text'], contextTokens: 8_000, maxOutputTokens: 1_000}),
  }
  return {open, opened}
}

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'omni-llm-'))
  onTestFinished(() => rmSync(path, {recursive: true, force: true}))
  return path
}

async function settingsOf(yaml: string, env: Record<string, string> = {}, as: 'profile' | 'project' = 'profile') {
  const path = join(directory(), 'default.yaml')
  writeFileSync(path, yaml)
  const file = await readSettingsFile(path)
  return {path, settings: new Settings(registry.settings(), {env, ...(file ? {[as]: file} : {})})}
}

const environment = (env: Record<string, string>, flags: Record<string, unknown> = {}) =>
  new Settings(registry.settings(), {env, flags})

describe('what the profile says', () => {
  const yaml = `llm:
  deployments:
    - id: fast
      provider: openai
      model: gpt-5.4-mini
      key_ref: env:TEAM_KEY
      rpm: 60
    - id: eu
      provider: azure
      model: our-deployment
      base_model: gpt-5.4-mini
      base_url: https://example.openai.azure.com
      region: eu
      key_ref: file:/KEY_FILE
  groups:
    default:
      deployments: [fast]
      fallbacks: [eu]
`

  test('is what is routed over, with keys read where they are kept and only when they are needed', async () => {
    const keyFile = join(directory(), 'key')
    writeFileSync(keyFile, 'from-the-file\n', {mode: 0o600})
    const {settings} = await settingsOf(yaml.replace('/KEY_FILE', keyFile), {
      TEAM_KEY: 'of-the-team',
      OPENAI_API_KEY: 'x',
    })
    const {open, opened} = opener()
    const {deployments, groups, defaultTarget} = configurationFrom(settings, open)!
    expect([...deployments.keys()]).toEqual(['fast', 'eu'])
    expect(groups.get('default')).toMatchObject({strategy: 'order', fallbacks: ['eu']})
    expect(defaultTarget).toBe('default')
    expect(opened).toEqual([])
    await Promise.all([...deployments.values()].map(each => each.adapter()))
    expect(opened).toMatchObject([
      {provider: 'openai', model: 'gpt-5.4-mini', apiKey: 'of-the-team'},
      {provider: 'azure', model: 'our-deployment', baseModel: 'gpt-5.4-mini', apiKey: 'from-the-file', region: 'eu'},
    ])
    expect(deployments.get('eu')).toMatchObject({
      region: 'eu',
      keySource: `file:${keyFile}`,
      priced: {provider: 'azure', model: 'gpt-5.4-mini'},
    })
  })

  test('a key that is not there is told with where it should be, when it is needed', async () => {
    const {settings} = await settingsOf(yaml)
    const {deployments} = configurationFrom(settings, opener().open)!
    await expect(deployments.get('fast')!.adapter()).rejects.toMatchObject({
      code: 'llm_not_configured',
      exitCode: 9,
      message: expect.stringContaining('TEAM_KEY is not set'),
    })
  })

  test.each([
    ['a strategy that is none', 'strategy: fastest', 'strategy', 19, 'cost'],
    ['a fallback that nobody has', 'context_fallbacks: [long]', 'context_fallbacks', 19, 'long'],
    ['a field that is none', 'fallback: [eu]', 'fallback', 19, 'is not known here'],
  ])('%s is told with its line', async (_, line, field, number, word) => {
    const {settings, path} = await settingsOf(`${yaml}      ${line}\n`, {TEAM_KEY: 'k'})
    const failing = () => configurationFrom(settings, opener().open)
    expect(failing).toThrow(InvalidSettingError)
    expect(failing).toThrow(`${path}:${number}`)
    expect(failing).toThrow(field)
    expect(failing).toThrow(word)
  })

  test.each([
    ['rpm: 60', 'rpm: 0', 7],
    ['key_ref: env:TEAM_KEY', 'key_ref: sk-live-1234567890', 6],
    ['id: eu', 'id: fast', 8],
    ['provider: azure', 'provider: azur', 9],
    ['region: eu', 'auth: entra', 14],
    ['rpm: 60', 'auth: entra', 7],
    ['region: eu', 'auth: certificate', 13],
  ])('so is a deployment with "%s" written as "%s"', async (right, wrong, number) => {
    const {settings, path} = await settingsOf(yaml.replace(right, wrong))
    expect(() => configurationFrom(settings, opener().open)).toThrow(`${path}:${number}`)
  })

  test('a key in a deployment is not shown, and told where it belongs', async () => {
    const {settings, path} = await settingsOf(yaml.replace('rpm: 60', 'api_key: sk-live-1234567890'))
    const failing = () => configurationFrom(settings, opener().open)
    expect(failing).toThrow(`${path}:7: llm.deployments[0].api_key: keys stay out of this file: write key_ref`)
    expect(failing).not.toThrow('sk-live')
  })

  test.each([
    ['a server without an address', 'openai-compatible, model: x', 3, 'a needs a base_url'],
    [
      'a default that nothing is called',
      'ollama, model: x}\n  default: nobody #',
      4,
      'no group, deployment or model nobody',
    ],
  ])('so is %s', async (_, rest, number, word) => {
    const {settings, path} = await settingsOf(`llm:\n  deployments:\n    - {id: a, provider: ${rest}}\n`)
    const failing = () => configurationFrom(settings, opener().open)
    expect(failing).toThrow(`${path}:${number}`)
    expect(failing).toThrow(word)
  })

  test.each([
    ['azure, model: x, key_ref: "env:K"', 'no address of its Azure resource', 'AZURE_OPENAI_ENDPOINT'],
    ['bedrock, model: x, key_ref: "env:K"', 'no AWS region', 'AWS_REGION'],
    ['bedrock, model: x, region: eu-central-1', 'no key', 'AWS_BEARER_TOKEN_BEDROCK'],
    ['openai, model: x, key_ref: "env:OTHER"', 'no key: OTHER is not set', 'set OTHER'],
  ])('what %s lacks is told, and nothing else', async (rest, message, hint) => {
    const {settings} = await settingsOf(`llm: {deployments: [{id: a, provider: ${rest}}]}\n`, {K: 'key'})
    await expect(configurationFrom(settings, opener().open)!.deployments.get('a')!.adapter()).rejects.toMatchObject({
      code: 'llm_not_configured',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    })
  })

  const client = {AZURE_TENANT_ID: 'ours', AZURE_CLIENT_ID: 'app'}
  const app = {IDENTITY_ENDPOINT: 'http://127.0.0.1:4141/msi/token', IDENTITY_HEADER: 'h'}

  test.each([
    [
      {...client, AZURE_CLIENT_SECRET: 's', ...app},
      {kind: 'client-secret', tenant: 'ours', clientId: 'app', secret: 's'},
    ],
    [
      {...client, AZURE_FEDERATED_TOKEN_FILE: '/var/run/token', ...app},
      {kind: 'workload', tokenFile: '/var/run/token'},
    ],
    [
      {...app, AZURE_CLIENT_ID: 'mine'},
      {kind: 'app-service', header: 'h', clientId: 'mine'},
    ],
    [{AZURE_CLIENT_SECRET: 's'}, {kind: 'virtual-machine', host: 'http://169.254.169.254'}],
  ])('tokens of Microsoft Entra are got as Azure’s own libraries get them', async (env, identity) => {
    const {settings} = await settingsOf(
      'llm: {deployments: [{id: a, provider: azure, model: m, auth: entra, base_url: "https://r.openai.azure.com"}]}\n',
      {...env, AZURE_OPENAI_API_KEY: 'not this'},
    )
    const {open, opened} = opener()
    const deployment = configurationFrom(settings, open)!.deployments.get('a')!
    await deployment.adapter()
    expect(deployment.keySource).toBe('Microsoft Entra ID')
    expect(opened).toMatchObject([{provider: 'azure', identity}])
    expect(opened[0]).not.toHaveProperty('apiKey')
  })

  test('Claude at Vertex AI is in no country that Google promises of its own models', async () => {
    const {settings} = await settingsOf(`llm:
  deployments:
    - {id: own, provider: vertex, model: gemini-2.5-flash, region: europe-west3, project: p}
    - {id: claude, provider: vertex, model: claude-sonnet-4-5@20250929, region: europe-west3, project: p}
`)
    const {deployments} = configurationFrom(settings, opener().open)!
    expect([deployments.get('own')!.country, deployments.get('claude')!.country]).toEqual(['DE', undefined])
    expect(deployments.get('claude')!.priced).toMatchObject({provider: 'vertex', model: 'claude-sonnet-4-5@20250929'})
  })

  test('a file with a key that was missing is read once it is there', async () => {
    const key = join(directory(), 'key')
    const {settings} = await settingsOf(
      `llm: {deployments: [{id: a, provider: openai, model: x, key_ref: "file:${key}"}]}\n`,
    )
    const {open, opened} = opener()
    const deployment = configurationFrom(settings, open)!.deployments.get('a')!
    await expect(deployment.adapter()).rejects.toThrow()
    writeFileSync(key, 'sk-1\n')
    await Promise.all([deployment.adapter(), deployment.adapter()])
    expect(opened).toMatchObject([{apiKey: 'sk-1'}])
  })

  test('a key in the file itself is never repeated', async () => {
    const {settings} = await settingsOf(yaml.replace('env:TEAM_KEY', 'sk-live-1234567890'))
    try {
      configurationFrom(settings, opener().open)
      expect.unreachable()
    } catch (error) {
      expect(String(error)).not.toContain('sk-live')
    }
  })

  test('a project file, which others write, names no deployments', async () => {
    const {settings} = await settingsOf(yaml, {TEAM_KEY: 'k'}, 'project')
    expect(() => configurationFrom(settings, opener().open)).toThrow(
      /default\.yaml:[23]: llm\.deployments belongs in the profile/,
    )
  })

  test('another server has no price of the list, unless the profile says whose price it has', async () => {
    const {settings} = await settingsOf(`llm:
  deployments:
    - {id: own, provider: openai, model: gpt-5.4-mini, base_url: 'https://llm.example/v1'}
    - {id: same, provider: openai, model: x, base_model: gpt-5.4-mini, base_url: 'https://llm.example/v1'}
    - {id: eu, provider: openai, model: gpt-5.4-mini, base_url: 'https://eu.api.openai.com/v1'}
    - {id: priced, provider: openai-compatible, model: q, base_url: 'http://gpu:8000/v1', price: {input: '0.1', output: 2}}
`)
    const {deployments} = configurationFrom(settings, opener().open)!
    expect(deployments.get('own')!.priced).toBeUndefined()
    expect(deployments.get('same')!.priced).toMatchObject({model: 'gpt-5.4-mini'})
    expect(deployments.get('eu')!.priced).toMatchObject({model: 'gpt-5.4-mini'})
    expect(deployments.get('priced')!.priced).toMatchObject({rates: {input: 0.1, output: 2}})
  })
})

describe('what the environment gives where the profile says nothing', () => {
  test('nothing at all is no configuration', () => {
    expect(configurationFrom(environment({}), opener().open)).toBeUndefined()
  })

  test('every provider with a key, what stays on the own machines first', async () => {
    const settings = environment({
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'secret',
      COHERE_API_KEY: 'co',
      GEMINI_API_KEY: 'g',
      ANTHROPIC_API_KEY: 'a',
      OPENAI_API_KEY: 'o',
      OLLAMA_HOST: '127.0.0.1:11434',
    })
    const {open, opened} = opener()
    const {deployments, groups, defaultTarget} = configurationFrom(settings, open)!
    const order = ['ollama', 'openai', 'anthropic', 'gemini', 'cohere', 'bedrock']
    expect([...deployments.keys()]).toEqual(order)
    expect(groups.get(defaultTarget)).toMatchObject({strategy: 'order', deployments: order})
    await Promise.all([...deployments.values()].map(each => each.adapter()))
    expect(opened.map(({provider, apiKey}) => [provider, apiKey])).toEqual([
      ['ollama', undefined],
      ['openai', 'o'],
      ['anthropic', 'a'],
      ['gemini', 'g'],
      ['cohere', 'co'],
      ['bedrock', undefined],
    ])
    expect(opened.at(-1)).toMatchObject({
      region: 'eu-central-1',
      credentials: {accessKeyId: 'id', secretAccessKey: 'secret'},
    })
  })

  test('half of an access is none', () => {
    const env = {AWS_REGION: 'eu-central-1', AZURE_OPENAI_API_KEY: 'k', AWS_ACCESS_KEY_ID: 'id'}
    expect(configurationFrom(environment(env), opener().open)).toBeUndefined()
  })

  test('the settings that were there before choose provider and model', () => {
    const env = {
      RAG_LLM_BACKEND: 'anthropic',
      RAG_LLM_MODEL: 'claude-opus-4-1',
      ANTHROPIC_API_KEY: 'a',
      OPENAI_API_KEY: 'o',
    }
    const {deployments} = configurationFrom(environment(env), opener().open)!
    expect([...deployments.values()].map(({provider, model}) => [provider, model])).toEqual([
      ['anthropic', 'claude-opus-4-1'],
    ])
    expect(configurationFrom(environment({...env, RAG_LLM_BACKEND: 'none'}), opener().open)).toBeUndefined()
    const {ANTHROPIC_API_KEY: _, ...keyless} = env
    expect(() => configurationFrom(environment(keyless), opener().open)).toThrow(NoProviderError)
  })

  test('Azure’s names are the customer’s own, so that one has to be given', () => {
    const env = {AZURE_OPENAI_API_KEY: 'k', AZURE_OPENAI_ENDPOINT: 'https://example.openai.azure.com'}
    expect(() => configurationFrom(environment(env), opener().open)).toThrow('no model is named')
    expect(configurationFrom(environment({...env, RAG_LLM_MODEL: 'ours'}), opener().open)!.defaultTarget).toBe(
      'default',
    )
  })

  test('any other model of a provider that is there may be asked by its name', () => {
    const configuration = configurationFrom(environment({OPENAI_API_KEY: 'o'}), opener().open)!
    expect(resolveTarget(configuration, 'openai/o3').deployments).toMatchObject([{id: 'openai/o3', model: 'o3'}])
    expect(() => resolveTarget(configuration, 'cohere/command-r')).toThrow('There is no model')
    expect(() => resolveTarget(configuration, 'o3')).toThrow('There is no model')
  })

  test('of the models that callers name, so many are kept', () => {
    const configuration = configurationFrom(environment({OPENAI_API_KEY: 'o'}), opener().open)!
    const named = (name: string) => resolveTarget(configuration, `openai/${name}`).deployments[0]!
    const first = named('first')
    expect(named('first')).toBe(first)
    for (let count = 0; count < 1_000; count += 1) named(`m${count}`)
    expect(named('m999')).toBe(named('m999'))
    expect(named('first')).not.toBe(first)
  })
})

describe('an Ollama that runs here', () => {
  async function ollama(models: readonly object[]): Promise<string> {
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({models}))
    })
    await new Promise<void>(settle => server.listen(0, '127.0.0.1', settle))
    onTestFinished(() => void server.close())
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const signal = new AbortController().signal
  const models = [
    {name: 'old:7b', modified_at: '2026-01-01T00:00:00Z'},
    {name: 'new:3b', modified_at: '2026-05-01T00:00:00Z'},
  ]

  test('answers with its newest model', async () => {
    const found = await searchedConfiguration({settings: environment({}), signal}, opener().open, await ollama(models))
    expect([...found!.deployments.values()]).toMatchObject([{provider: 'ollama', model: 'new:3b', region: 'local'}])
  })

  test('is nothing without a model, where none runs, or where somebody chose', async () => {
    const {open} = opener()
    const host = await ollama([])
    expect(await searchedConfiguration({settings: environment({}), signal}, open, host)).toBeUndefined()
    expect(await searchedConfiguration({settings: environment({}), signal}, open, 'http://127.0.0.1:9')).toBeUndefined()
    const off = environment({RAG_LLM_BACKEND: 'none'})
    expect(await searchedConfiguration({settings: off, signal}, open, await ollama(models))).toBeUndefined()
  })

  test('is asked for the model that is named, and looked for no longer than its caller waits', async () => {
    const {open} = opener()
    const settings = environment({RAG_LLM_MODEL: 'ours'})
    const found = await searchedConfiguration({settings, signal}, open, await ollama([]))
    expect([...found!.deployments.values()]).toMatchObject([{provider: 'ollama', model: 'ours'}])
    const given = {settings, signal: AbortSignal.abort()}
    await expect(searchedConfiguration(given, open, await ollama(models))).rejects.toThrow(CancelledError)
  })
})

describe('where data may not leave a country', () => {
  const yaml = `llm:
  deployments:
    - {id: anywhere, provider: openai, model: gpt-5.4-mini, key_ref: env:TEAM_KEY}
    - {id: union, provider: openai, model: gpt-5.4-mini, key_ref: env:TEAM_KEY, region: eu}
    - {id: home, provider: openai, model: our-model, base_url: "https://llm.example.si/v1", key_ref: env:TEAM_KEY, region: si}
    - {id: here, provider: ollama, model: llama3.2}
`
  const need = needOf(
    {model: 'x', messages: [{role: 'user', content: [{type: 'text', text: 'Kdo je Ana?'}]}]} as never,
    'acme',
  )
  const excluded = async (env: Record<string, string>) => {
    const {settings} = await settingsOf(yaml, env)
    const {deployments} = configurationFrom(settings, opener().open)!
    const clock = {now: () => new Date('2026-11-23'), elapsed: () => 0}
    const options = {
      cooldowns: new Cooldowns({} as never, clock),
      load: new DeploymentLoad(clock),
      now: clock.now(),
      priced: false,
    }
    const judged = await Promise.all([...deployments.values()].map(each => judge(each, need, options)))
    return judged.flatMap(({deployment, excluded: by}) =>
      by.some(each => each.by === 'region') ? [deployment.id] : [],
    )
  }

  test('what is not known to be there is left out, and this machine is not', async () => {
    expect(await excluded({TEAM_KEY: 'k'})).toEqual([])
    expect(await excluded({TEAM_KEY: 'k', OMNI_RESIDENCY_COUNTRY: 'SI'})).toEqual(['anywhere', 'union'])
  })

  test('an Ollama on another machine is not this one', async () => {
    const elsewhere = {OMNI_RESIDENCY_COUNTRY: 'SI', OLLAMA_HOST: 'http://gpu.example:11434', TEAM_KEY: 'k'}
    expect(await excluded(elsewhere)).toEqual(['anywhere', 'union', 'here'])
    expect(await excluded({...elsewhere, OLLAMA_HOST: '127.0.0.1:11434'})).toEqual(['anywhere', 'union'])
  })
})
