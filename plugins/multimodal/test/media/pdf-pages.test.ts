import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {CancelledError} from '@omni-ops/core/operation'
import fc from 'fast-check'
import sharp from 'sharp'
import {expect, onTestFinished, test} from 'vitest'
import {MediaEncryptedError, MediaTooLargeError, UnusableMediaError} from '../../src/media/errors.ts'
import {defaultPdfLimits, PdfPages} from '../../src/media/pdf-pages.ts'
import type {Media} from '../../src/media/read-media.ts'
import {draw, letter} from '../support/rendered-pages.ts'
import {scannedPdf} from '../support/scanned-pdf.ts'

const {signal} = new AbortController()
const mediaOf = (bytes: Uint8Array): Media => ({source: 'a.pdf', mediaType: 'application/pdf', bytes})
const opened = async (bytes: Uint8Array, limits = defaultPdfLimits, until = signal) => {
  const document = await PdfPages.open(mediaOf(bytes), limits, until)
  onTestFinished(() => document.close())
  return document
}
const ink = (grey: Uint8Array) => grey.filter(shade => shade < 128).length

test('pages are drawn at the size that is asked for', async () => {
  const document = await opened(await scannedPdf([{picture: await draw(letter())}, {text: 'Written'}]))
  expect(document.count).toBe(2)
  const page = await document.draw(1, 150)
  expect(Math.abs(page.width - letter().width)).toBeLessThan(3)
  expect(page.grey).toHaveLength(page.width * page.height)
  expect(ink(page.grey)).toBeGreaterThan(2_000)
  const coarse = await document.draw(2, 72)
  expect(coarse.width).toBe(595)
  expect(ink(coarse.grey)).toBeGreaterThan(50)
  await expect(document.draw(3, 72)).rejects.toThrow(UnusableMediaError)
})

test('a page of any size has no more pixels than the limit', async () => {
  const bytes = Buffer.from(
    (await scannedPdf([{text: 'Large'}]))
      .toString('latin1')
      .replace(/MediaBox \[[^\]]*\]/, box => '[0 0 99999 99999]'.padStart(box.length - 9).replace(/^\s*/, 'MediaBox ')),
    'latin1',
  )
  const document = await opened(bytes, {...defaultPdfLimits, pixels: 1_000_000})
  const {width, height} = await document.draw(1, 300)
  expect(width * height).toBeLessThanOrEqual(1_000_000)
})

test('too many pages are refused before one is drawn', async () => {
  const bytes = await scannedPdf([{text: 'a'}, {text: 'b'}, {text: 'c'}])
  await expect(PdfPages.open(mediaOf(bytes), {...defaultPdfLimits, pages: 2}, signal)).rejects.toThrow(
    MediaTooLargeError,
  )
})

test('what a PDF refers to outside is not asked for, and its scripts do not run', async () => {
  let asked = 0
  const server = createServer((_request, response) => {
    asked++
    response.end()
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const bytes = await scannedPdf([{text: 'Only this'}], {
    catalogue:
      `/OpenAction << /S /URI /URI (${url}) >> ` +
      `/Names << /JavaScript << /Names [(x) << /S /JavaScript /JS (app.launchURL("${url}")) >>] >> >>`,
    page: `/AA << /O << /S /Launch /F (${url}) >> >> /Annots [<< /Type /Annot /Subtype /Movie /Rect [0 0 99 99] /Movie << /F << /FS /URL /F (${url}) >> >> >>]`,
  })
  const document = await opened(bytes)
  expect(ink((await document.draw(1, 72)).grey)).toBeGreaterThan(50)
  expect(asked).toBe(0)
})

test('a locked PDF is told as such', async () => {
  const locked = Buffer.from(
    (await scannedPdf([{text: 'Secret'}]))
      .toString('latin1')
      .replace(
        /\/Root 1 0 R/,
        `/Root 1 0 R /Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <${'ab'.repeat(32)}> /U <${'ab'.repeat(32)}> >> /ID [<${'cd'.repeat(16)}> <${'cd'.repeat(16)}>]`,
      ),
    'latin1',
  )
  await expect(PdfPages.open(mediaOf(locked), defaultPdfLimits, signal)).rejects.toThrow(MediaEncryptedError)
})

test('a cancel ends the thread that draws', async () => {
  const stop = new AbortController()
  const document = await opened(await scannedPdf([{text: 'a'}]), defaultPdfLimits, stop.signal)
  const drawing = document.draw(1, 300)
  stop.abort()
  await expect(drawing).rejects.toThrow(CancelledError)
  await expect(document.draw(1, 300)).rejects.toThrow()
  const early = AbortSignal.abort()
  await expect(PdfPages.open(mediaOf(await scannedPdf([{text: 'a'}])), defaultPdfLimits, early)).rejects.toThrow(
    CancelledError,
  )
})

test('a page that takes too long is given up', async () => {
  const bytes = await scannedPdf([
    {
      picture: await sharp({create: {width: 4000, height: 4000, channels: 3, background: '#123456'}})
        .png()
        .toBuffer(),
    },
  ])
  const late = {...defaultPdfLimits, milliseconds: 1}
  await expect(PdfPages.open(mediaOf(bytes), late, signal)).rejects.toThrow(MediaTooLargeError)
})

test('a damaged PDF is told as such, whatever is wrong with it', async () => {
  const whole = await scannedPdf([{text: 'a'}, {picture: await draw(letter(8))}])
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({min: 0, max: 255})), {maxLength: 40}),
      fc.double({min: 0.2, max: 1, noNaN: true}),
      async (marks, keep) => {
        const bytes = Buffer.from(whole.subarray(0, Math.floor(whole.length * keep)))
        for (const [at, byte] of marks) if (at < bytes.length && at > 8) bytes[at] = byte
        const read = async () => {
          const document = await PdfPages.open(mediaOf(bytes), defaultPdfLimits, signal)
          try {
            for (let page = 1; page <= document.count; page++) await document.draw(page, 40)
          } finally {
            await document.close()
          }
        }
        await read().catch((error: unknown) => expect(error).toBeInstanceOf(UnusableMediaError))
      },
    ),
    {numRuns: Number(process.env.OMNI_FUZZ_RUNS ?? 40)},
  )
})
