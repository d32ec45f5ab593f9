import {spawn} from 'node:child_process'

/** The machine of whoever looks. */
export interface Desktop {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
}

/** What opens an address in the user's browser. `start` belongs to the shell of Windows, and its first word is a title. */
function openerOf({platform, env}: Desktop): readonly [string, ...string[]] | undefined {
  if (platform === 'darwin') return ['open']
  if (platform === 'win32') return ['cmd', '/c', 'start', '']
  // Without a screen xdg-open would begin a browser in the terminal.
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open'] : undefined
}

/**
 * Opens an address in the user's browser and does not wait for it.
 * @returns whether there is a screen and a program to do so
 */
export async function openInBrowser(address: string, desktop: Desktop): Promise<boolean> {
  const opener = openerOf(desktop)
  if (opener === undefined) return false
  const [program, ...before] = opener
  const child = spawn(program, [...before, address], {stdio: 'ignore', detached: true, env: {...desktop.env}})
  const {promise, resolve} = Promise.withResolvers<boolean>()
  child.once('error', () => resolve(false))
  child.once('spawn', () => resolve(true))
  child.unref()
  return promise
}
