import {access, constants} from 'node:fs/promises'
import {NotConfiguredError} from '@omni-ops/core/operation'
import type {RenderContext} from '../renderers.ts'

/** A page has to be printed, and no browser is there that could. */
export class NoBrowserError extends NotConfiguredError {
  override readonly code = 'no_browser'
}

/** Where packages of Debian, Fedora, Arch, Snap, macOS and Windows put Chromium, Chrome and Edge. */
const usual = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/microsoft-edge',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
]

/**
 * The browser that the settings name, or one that is where browsers usually are.
 * @throws NoBrowserError
 */
export async function browserProgram({settings}: Pick<RenderContext, 'settings'>): Promise<string> {
  const named = settings.get('dashboard.browser') as string | undefined
  if (named !== undefined) {
    if (await isProgram(named)) return named
    throw new NoBrowserError(`dashboard.browser is ${named}, which is no program that can be started`, {
      hint: 'set it to the path of Chromium, Chrome or Edge',
    })
  }
  for (const path of usual) if (await isProgram(path)) return path
  throw new NoBrowserError('PDF is printed by a browser, and none was found', {
    hint: 'install Chromium, Chrome or Edge, or set dashboard.browser to its path; PNG needs none',
  })
}

const isProgram = (path: string) =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
