import {expect, test} from 'vitest'
import {directoriesOf} from './directories.ts'

test('Linux: the XDG defaults', () => {
  expect(directoriesOf('work', {platform: 'linux', env: {}, home: '/home/ada'})).toEqual({
    config: '/home/ada/.config/omni',
    data: '/home/ada/.local/share/omni/work',
    cache: '/home/ada/.cache/omni',
    state: '/home/ada/.local/state/omni',
    plugins: '/home/ada/.local/share/omni/.plugins',
  })
})

test('macOS: ~/Library', () => {
  expect(directoriesOf('default', {platform: 'darwin', env: {}, home: '/Users/ada'})).toEqual({
    config: '/Users/ada/Library/Preferences/omni',
    data: '/Users/ada/Library/Application Support/omni/default',
    cache: '/Users/ada/Library/Caches/omni',
    state: '/Users/ada/Library/Logs/omni',
    plugins: '/Users/ada/Library/Application Support/omni/.plugins',
  })
})

test('Windows: %APPDATA% and %LOCALAPPDATA%, or where they would be', () => {
  const env = {APPDATA: 'D:\\Roaming', LOCALAPPDATA: 'D:\\Local'}
  expect(directoriesOf('default', {platform: 'win32', env, home: 'C:\\Users\\ada'})).toEqual({
    config: 'D:\\Roaming\\omni',
    data: 'D:\\Local\\omni\\default',
    cache: 'D:\\Local\\Cache\\omni',
    state: 'D:\\Local\\State\\omni',
    plugins: 'D:\\Local\\omni\\.plugins',
  })
  const {config, data} = directoriesOf('default', {platform: 'win32', env: {}, home: 'C:\\Users\\ada'})
  expect([config, data]).toEqual([
    'C:\\Users\\ada\\AppData\\Roaming\\omni',
    'C:\\Users\\ada\\AppData\\Local\\omni\\default',
  ])
})

test('XDG variables win everywhere, relative ones are ignored', () => {
  const env = {XDG_CONFIG_HOME: '/etc/ada', XDG_DATA_HOME: 'relative', XDG_CACHE_HOME: ''}
  for (const platform of ['linux', 'darwin'] as const) {
    const {config, data} = directoriesOf('default', {platform, env, home: '/home/ada'})
    expect(config).toBe('/etc/ada/omni')
    expect(data.startsWith('/home/ada/')).toBe(true)
  }
  const {config} = directoriesOf('default', {
    platform: 'win32',
    env: {XDG_CONFIG_HOME: 'E:\\xdg'},
    home: 'C:\\Users\\ada',
  })
  expect(config).toBe('E:\\xdg\\omni')
})
