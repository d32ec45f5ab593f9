import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, onTestFinished, test} from 'vitest'
import {loadSettings} from '../config/load.ts'
import {coreSettings} from '../settings.ts'
import {deploymentFrom} from './deployment-from.ts'

/** Settings as the files and variables give them. */
async function settingsFrom({profile = '', project = '', env = {}}) {
  const home = mkdtempSync(join(tmpdir(), 'omni-deployment-'))
  onTestFinished(() => rmSync(home, {recursive: true}))
  mkdirSync(join(home, 'omni/profiles'), {recursive: true})
  writeFileSync(join(home, 'omni/profiles/prod.yaml'), profile)
  writeFileSync(join(home, 'omni/profiles/prod.key'), 'omni_from_file\n')
  writeFileSync(join(home, 'omni.yaml'), project)
  const machine = {platform: 'linux', env: {XDG_CONFIG_HOME: home, ...env}, home} as const
  const settings = await loadSettings({declarations: coreSettings, profile: 'prod', machine, workingDirectory: home})
  return deploymentFrom(settings, {workingDirectory: home, version: '1.0.0'})
}

test('a profile without a URL is one of this machine', async () => {
  expect(await settingsFrom({profile: 'tenant: acme\n'})).toBeUndefined()
})

test('the environment names a deployment for a pipeline', async () => {
  const remote = await settingsFrom({env: {OMNI_URL: 'https://ci.example.com', OMNI_API_KEY: 'omni_ci'}})
  expect(remote?.url).toBe('https://ci.example.com')
})

test('finds the key beside the profile', async () => {
  const remote = settingsFrom({profile: 'remote:\n  url: http://omni.example.com\n  key_file: prod.key\n'})
  await expect(remote).rejects.toMatchObject({code: 'deployment_key'})
})

test.each(['url: https://evil.example.com', 'key_file: /etc/passwd', 'allow_http: true', 'ca_file: ca.pem'])(
  'a project that somebody else wrote can not lead the key astray: %s',
  async line => {
    const refused = settingsFrom({
      profile: 'remote:\n  url: https://omni.example.com\n',
      project: `remote:\n  ${line}\n`,
      env: {OMNI_API_KEY: 'omni_mine'},
    })
    await expect(refused).rejects.toMatchObject({code: 'invalid_setting'})
  },
)

test('a key file that is missing is told with its path', async () => {
  const remote = settingsFrom({profile: 'remote:\n  url: https://omni.example.com\n  key_file: gone.key\n'})
  await expect(remote).rejects.toThrow(/remote\.key_file names .*gone\.key/)
})
