import {existsSync} from 'node:fs'
import {type Browser, chromium, type Page} from 'playwright-core'
import {afterAll} from 'vitest'

export const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
if (browserPath === undefined) process.stdout.write('Skipped: what needs a browser, because no Chromium is installed\n')

let opened: Promise<Browser> | undefined
afterAll(async () => (await opened)?.close())

/** A page of the one browser of a test file, and everything that it complained of and asked for. */
export async function openPage(options: Parameters<Browser['newPage']>[0] = {}): Promise<{
  readonly page: Page
  readonly complaints: string[]
  readonly requests: string[]
}> {
  opened ??= chromium.launch({executablePath: browserPath!, args: ['--no-sandbox']})
  const page = await (await opened).newPage(options)
  const complaints: string[] = []
  const requests: string[] = []
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', error => void complaints.push(error.message))
  page.on('request', request => void requests.push(request.url()))
  return {page, complaints, requests}
}
