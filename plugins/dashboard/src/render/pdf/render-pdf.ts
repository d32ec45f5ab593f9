import {userInfo} from 'node:os'
import {CancelledError, FailureError} from '@omni-ops/core/operation'
import type {Browser} from 'playwright-core'
import type {DashboardData} from '../../build/dashboard-data.ts'
import {renderPage} from '../html/page.ts'
import type {RenderContext} from '../renderers.ts'
import {browserProgram} from './browser-program.ts'

/** The browser was started and did not print. */
export class PrintError extends FailureError {
  override readonly code = 'print_failed'
}

const mostMilliseconds = 60_000

/** Never asked for: the page is given to the browser where it would ask. */
const address = 'http://dashboard.invalid/'

/**
 * The page as a tagged PDF with an outline, printed by a browser that runs no script and reaches nothing. What a page
 * looks like on paper is in its own style. The date inside is the moment up to which the data tell, so that the same
 * data give the same bytes with the same browser and fonts.
 * @throws NoBrowserError, PrintError, CancelledError
 */
export async function renderPdf(data: DashboardData, context: RenderContext): Promise<Uint8Array> {
  const executablePath = await browserProgram(context)
  const html = await renderPage(data)
  if (context.signal.aborted) throw new CancelledError()
  const {chromium} = await import('playwright-core')
  let browser: Browser | undefined
  const stop = () => void browser?.close()
  try {
    browser = await chromium.launch({
      executablePath,
      timeout: mostMilliseconds,
      // Chromium does not start as root with its sandbox.
      chromiumSandbox: userInfo().uid !== 0,
    })
    context.signal.addEventListener('abort', stop, {once: true})
    return settled(await printed(html, browser), data.period.current.end)
  } catch (error) {
    if (context.signal.aborted) throw new CancelledError('Cancelled', {cause: error})
    const [line = ''] = (error as Error).message.split('\n')
    throw new PrintError(`${executablePath} did not print the page: ${line}`, {cause: error})
  } finally {
    context.signal.removeEventListener('abort', stop)
    await browser?.close()
  }
}

async function printed(html: string, browser: Browser): Promise<Buffer> {
  const page = await browser.newPage({javaScriptEnabled: false, colorScheme: 'light', serviceWorkers: 'block'})
  page.setDefaultTimeout(mostMilliseconds)
  await page.route('**', route =>
    route.request().url() === address
      ? route.fulfill({body: html, contentType: 'text/html; charset=utf-8'})
      : route.abort(),
  )
  await page.goto(address, {waitUntil: 'load'})
  return page.pdf({preferCSSPageSize: true, printBackground: true, tagged: true, outline: true})
}

/**
 * A PDF without what differs from one printing to the next: its dates (ISO 32000-2, 7.9.4) become another one, and the
 * names of its structure elements (14.7.2), which Chromium numbers as it came by them, are numbered anew in their order.
 * All are replaced by others as long as they are, so that every offset stays right.
 */
export function settled(pdf: Buffer, instant: string): Buffer {
  const digits = new Date(instant).toISOString().replaceAll(/\D/g, '').slice(0, 14)
  const text = pdf
    .toString('latin1')
    .replaceAll(/(\/(?:CreationDate|ModDate) ?\(D:)\d{14}/g, (_match, before: string) => `${before}${digits}`)
  const names = [...new Set(text.match(element))].toSorted()
  const numbers = new Map(names.map((name, index) => [name, `(node${String(index + 1).padStart(8, '0')})`]))
  return Buffer.from(
    text.replaceAll(element, name => numbers.get(name)!),
    'latin1',
  )
}

/** The name of a structure element, and no text that reads like one. */
const element = /(?<!\/(?:Title|Alt|ActualText|Contents|T|E) ?)\(node\d{8}\)/g
