import {readdirSync, readFileSync, statSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {expect, test} from 'vitest'
import {readCurrentProfile} from '../config/current-profile.ts'
import {loadSettings, UnknownProfileError} from '../config/load.ts'
import {invoke} from '../operation/index.ts'
import {coreSettings} from '../settings.ts'
import {testContext} from '../testing/test-context.ts'
import {profileAdd, profileList, profileRemove, profileShow, profileUse} from './operations/index.ts'

const prod = {name: 'prod', url: 'https://omni.example.com', key: 'omni_abc_secret', default_tenant: 'acme'}

test('keeps the key in a file of its own, which only its owner reads, and shows it nowhere', async () => {
  const context = testContext()
  const added = await invoke(profileAdd, prod, context)
  const shown = await invoke(profileShow, {name: 'prod'}, context)
  expect(shown).toMatchObject({url: prod.url, tenant: 'acme', key: 'file', current: false})
  expect(JSON.stringify([added, shown])).not.toContain('secret')
  expect(readFileSync(added.file, 'utf8')).not.toContain('secret')
  const keyFile = join(dirname(added.file), 'prod.key')
  expect(readFileSync(keyFile, 'utf8')).toBe('omni_abc_secret\n')
  expect(statSync(keyFile).mode & 0o077).toBe(0)
})

test('does not replace a profile unasked, and a replacement without a key takes the old key away', async () => {
  const context = testContext()
  const {file} = await invoke(profileAdd, prod, context)
  await expect(invoke(profileAdd, prod, context)).rejects.toMatchObject({code: 'profile_exists', exitCode: 6})
  await invoke(profileAdd, {name: 'prod', url: 'https://other.example.com', replace: true}, context)
  expect(readdirSync(dirname(file))).toEqual(['prod.yaml'])
  expect(await invoke(profileShow, {name: 'prod'}, context)).toMatchObject({key: 'none', tenant: null})
})

test('the default profile is always there, and there can be one current profile', async () => {
  const context = testContext()
  expect((await invoke(profileList, {}, context)).profiles).toMatchObject([{name: 'default', current: true}])
  await invoke(profileAdd, {...prod, use: true}, context)
  expect((await invoke(profileList, {}, context)).profiles).toMatchObject([
    {name: 'default', current: false},
    {name: 'prod', current: true},
  ])
  await expect(invoke(profileUse, {name: 'prd'}, context)).rejects.toBeInstanceOf(UnknownProfileError)
})

test('removing the current profile goes back to the default one; a dry run removes nothing', async () => {
  const context = testContext()
  const {file} = await invoke(profileAdd, {...prod, use: true}, context)
  const planned = await invoke(profileRemove, {name: 'prod', dry_run: true}, context)
  expect(planned).toMatchObject({removed: false, files: [file, join(dirname(file), 'prod.key')]})
  expect(await invoke(profileRemove, {name: 'prod'}, context)).toMatchObject({removed: true, data: null})
  expect(readdirSync(dirname(file))).toEqual([])
  expect(await readCurrentProfile(context.directories.config)).toBe('default')
})

test('a name that was mistyped is an error, not an empty profile', async () => {
  const {directories} = testContext()
  const machine = {platform: 'linux', env: {XDG_CONFIG_HOME: directories.config}, home: '/nowhere'} as const
  const options = {declarations: coreSettings, machine, workingDirectory: directories.config}
  await expect(loadSettings({...options, profile: 'prd'})).rejects.toBeInstanceOf(UnknownProfileError)
  await expect(loadSettings({...options, profile: 'default'})).resolves.toBeDefined()
})
