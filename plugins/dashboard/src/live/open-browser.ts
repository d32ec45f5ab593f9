import {spawn} from 'node:child_process'

/** What opens an address or a file in the user's browser, by system. `start` is of the shell, and its first word a title. */
const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
}

/**
 * Opens an address in the user's browser and does not wait for it.
 * @returns whether there was a program to do so
 */
export async function openInBrowser(address: string, platform: NodeJS.Platform): Promise<boolean> {
  const [program, ...before] = openers[platform] ?? ['xdg-open']
  const child = spawn(program, [...before, address], {stdio: 'ignore', detached: true})
  const {promise, resolve} = Promise.withResolvers<boolean>()
  child.once('error', () => resolve(false))
  child.once('spawn', () => resolve(true))
  child.unref()
  return promise
}
