import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {platform, tmpdir} from 'node:os'
import {join} from 'node:path'
import {InvalidSettingError, readSettingsFile, Settings} from '@omni-ops/core/config'
import {describe, expect, onTestFinished, test} from 'vitest'
import {applicationDefault} from '../../src/configuration/application-default.ts'
import {configurationFrom} from '../../src/configuration/configuration.ts'
import type {OpenAdapter} from '../../src/configuration/deployment-from.ts'
import {providerAdapters} from '../../src/configuration/provider-adapters.ts'
import {registry} from '../support/routing.ts'
import {ScriptedAdapter} from '../support/scripted-adapter.ts'

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'omni-llm-'))
  onTestFinished(() => rmSync(path, {recursive: true, force: true}))
  return path
}

async function settingsOf(yaml: string, env: Record<string, string> = {}) {
  const path = join(directory(), 'default.yaml')
  writeFileSync(path, yaml)
  const file = await readSettingsFile(path)
  return new Settings(registry.settings(), {env, ...(file ? {profile: file} : {})})
}

const environment = (env: Record<string, string>) => new Settings(registry.settings(), {env})

function opener() {
  const opened: object[] = []
  const open: OpenAdapter = {
    async adapter(options) {
      opened.push(options)
      return new ScriptedAdapter(options.model, [], options.provider)
    },
    facts: () => ({capabilities: ['text'], contextTokens: null, maxOutputTokens: null}),
  }
  return {open, opened}
}

const yaml = `llm:
  deployments:
    - id: flash
      provider: vertex
      model: gemini-2.5-flash
      project: our-project
      region: europe-west3
      key_ref: env:WRITER
`

describe('a deployment at Vertex AI', () => {
  test('has the key that it names, its project, its place and its price', async () => {
    const {open, opened} = opener()
    const deployment = configurationFrom(await settingsOf(yaml, {WRITER: '{}'}), open)!.deployments.get('flash')!
    expect(deployment).toMatchObject({
      region: 'europe-west3',
      country: 'DE',
      keySource: 'env:WRITER',
      priced: {provider: 'vertex', model: 'gemini-2.5-flash'},
    })
    await deployment.adapter()
    expect(opened).toEqual([
      {provider: 'vertex', model: 'gemini-2.5-flash', project: 'our-project', region: 'europe-west3', apiKey: '{}'},
    ])
  })

  test('does not go by other credentials where its own are not there', async () => {
    const file = join(directory(), 'other.json')
    writeFileSync(file, '{}')
    const settings = await settingsOf(yaml, {GOOGLE_APPLICATION_CREDENTIALS: file})
    const {open, opened} = opener()
    const deployment = configurationFrom(settings, open)!.deployments.get('flash')!
    await expect(deployment.adapter()).rejects.toMatchObject({code: 'llm_not_configured'})
    expect(opened).toEqual([])
  })

  test('goes by the Application Default Credentials where it names none', async () => {
    const file = join(directory(), 'credentials.json')
    writeFileSync(file, '{"type":"service_account"}\n')
    const settings = await settingsOf(yaml.replace('      key_ref: env:WRITER\n', ''), {
      GOOGLE_APPLICATION_CREDENTIALS: file,
      GCE_METADATA_HOST: '127.0.0.1:9',
    })
    const {open, opened} = opener()
    const deployment = configurationFrom(settings, open)!.deployments.get('flash')!
    expect(deployment.keySource).toBe('Application Default Credentials')
    await deployment.adapter()
    expect(opened).toMatchObject([{apiKey: '{"type":"service_account"}', metadataHost: '127.0.0.1:9'}])
  })

  test.each([
    ['europe-west3', 'DE', undefined],
    ['europe-west3', 'SI', 'it is in DE, and data may not leave SI'],
    ['us', 'US', undefined],
    ['eu', 'DE', 'it is in eu, and data may not leave DE'],
    ['global', 'DE', 'it is in global, and data may not leave DE'],
    ['me-central1', 'QA', 'it is in me-central1, and data may not leave QA'],
  ])('in %s, where data may not leave %s: %s', async (region, country, expected) => {
    const settings = await settingsOf(yaml.replace('europe-west3', region), {OMNI_RESIDENCY_COUNTRY: country})
    expect(configurationFrom(settings, opener().open)!.deployments.get('flash')!.nonResident).toBe(expected)
  })

  test('with a project that is none is told with its line', async () => {
    const settings = await settingsOf(yaml.replace('our-project', '../our project'))
    expect(() => configurationFrom(settings, opener().open)).toThrow('default.yaml:6')
  })

  test('with credentials that cannot be used is not configured, and nothing is sent', async () => {
    const context = {random: {id: () => 'x'}, clock: {now: () => new Date(), elapsed: () => 0}} as never
    const settings = await settingsOf(yaml, {WRITER: '{"type":"service_account"}'})
    const deployment = configurationFrom(settings, providerAdapters(context))!.deployments.get('flash')!
    await expect(deployment.adapter()).rejects.toMatchObject({code: 'llm_not_configured'})
  })
})

describe('without a configuration', () => {
  const place = {GOOGLE_CLOUD_PROJECT: 'our-project', GOOGLE_CLOUD_LOCATION: 'europe-west4'}

  test('Vertex AI is asked where it is chosen, and not because a machine knows Google Cloud', async () => {
    expect(configurationFrom(environment(place), opener().open)).toBeUndefined()
    const {open, opened} = opener()
    const {deployments} = configurationFrom(environment({...place, RAG_LLM_BACKEND: 'vertex'}), open)!
    expect([...deployments.values()]).toMatchObject([
      {provider: 'vertex', model: 'gemini-2.5-flash', region: 'europe-west4', country: 'NL'},
    ])
    await deployments.get('vertex')!.adapter()
    expect(opened).toMatchObject([{project: 'our-project', region: 'europe-west4'}])
  })

  test('it is not asked nowhere', () => {
    const settings = environment({RAG_LLM_BACKEND: 'vertex', GOOGLE_CLOUD_PROJECT: 'our-project'})
    expect(() => configurationFrom(settings, opener().open)).toThrow(
      expect.objectContaining({hint: expect.stringContaining('GOOGLE_CLOUD_LOCATION')}),
    )
  })
})

describe('the Application Default Credentials', () => {
  test('are those that are named, then those of gcloud, then those of the machine', () => {
    const home = directory()
    expect(applicationDefault(environment({}), home)).toBeUndefined()
    const ofGcloud = join(home, platform() === 'win32' ? 'AppData/Roaming' : '.config', 'gcloud')
    mkdirSync(ofGcloud, {recursive: true})
    writeFileSync(join(ofGcloud, 'application_default_credentials.json'), '{"of":"gcloud"}')
    expect(applicationDefault(environment({}), home)).toBe('{"of":"gcloud"}')
    const named = join(home, 'named.json')
    writeFileSync(named, '{"of":"the variable"}')
    const settings = environment({GOOGLE_APPLICATION_CREDENTIALS: named})
    expect(applicationDefault(settings, home)).toBe('{"of":"the variable"}')
    const missing = environment({GOOGLE_APPLICATION_CREDENTIALS: join(home, 'missing.json')})
    expect(() => applicationDefault(missing, home)).toThrow(InvalidSettingError)
  })
})
