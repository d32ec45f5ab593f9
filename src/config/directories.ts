import {posix, win32} from 'node:path'
import type {Directories} from '../operation/context.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Where the program runs, as far as directories care; tests pass another platform than their own. */
export interface Machine {
  readonly platform: NodeJS.Platform
  readonly env: Environment
  readonly home: string
}

/**
 * The directories of a profile. On every system `XDG_*_HOME` wins where it is set to an absolute path (XDG Base
 * Directory Specification 0.8: relative values are ignored), then the system's own convention: `~/.config` and its
 * siblings on Linux, `~/Library` on macOS, `%APPDATA%` and `%LOCALAPPDATA%` on Windows. The setting `data_dir`
 * moves the data alone.
 */
export function directoriesOf(profile: string, machine: Machine): Directories {
  const path = machine.platform === 'win32' ? win32 : posix
  const {env, home, platform} = machine
  const xdg = (name: string) => {
    const value = env[name]
    return value !== undefined && path.isAbsolute(value) ? value : undefined
  }
  const native = (mac: string, windows: string, linux: string) => {
    if (platform === 'darwin') return path.join(home, 'Library', mac)
    if (platform === 'win32') return windows
    return path.join(home, linux)
  }
  const roaming = env.APPDATA ?? path.join(home, 'AppData', 'Roaming')
  const local = env.LOCALAPPDATA ?? path.join(home, 'AppData', 'Local')
  const config = xdg('XDG_CONFIG_HOME') ?? native('Preferences', roaming, '.config')
  const data = xdg('XDG_DATA_HOME') ?? native('Application Support', local, '.local/share')
  const cache = xdg('XDG_CACHE_HOME') ?? native('Caches', path.join(local, 'Cache'), '.cache')
  const state = xdg('XDG_STATE_HOME') ?? native('Logs', path.join(local, 'State'), '.local/state')
  return {
    config: path.join(config, 'omni'),
    data: path.join(data, 'omni', profile),
    cache: path.join(cache, 'omni'),
    state: path.join(state, 'omni'),
    // Beside the data of profiles, whose names cannot begin with a dot.
    plugins: path.join(data, 'omni', '.plugins'),
  }
}
