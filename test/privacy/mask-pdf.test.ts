import {once} from 'node:events'
import {readFileSync, writeFileSync} from 'node:fs'
import {inflateSync} from 'node:zlib'
import PdfKit from 'pdfkit'
import {getResolvedPDFJS} from 'unpdf'
import {beforeAll, describe, expect, test} from 'vitest'
import {fontFile} from '../../plugins/privacy/src/documents/font-file.ts'
import {type DrawnPage, drawnPages} from '../../plugins/privacy/src/files/pdf-drawing.ts'
import {pngOf} from '../../plugins/privacy/src/files/portable-network-graphics.ts'
import {collected} from '../support/planted-person.ts'
import {Workspace} from '../support/workspace.ts'

const person = 'Ana Kranjc'
const phone = '031 123 456'
const email = 'ana.kranjc@example.com'
const harmless = 'harmless'

/** A letter with personal data wherever a PDF has any: pages, one turned, links, notes, fields, an attachment, words about the file. */
async function letter(): Promise<Buffer> {
  const pdf = new PdfKit({
    font: fontFile('regular'),
    info: {Author: person, Title: `Letter to ${person}`, Subject: phone, Keywords: email},
    tagged: true,
    lang: 'en',
  })
  const pieces: Buffer[] = []
  pdf.on('data', (piece: Buffer) => pieces.push(piece))
  pdf.text(`Dear ${person}, your number is ${phone}, and ${harmless}.`, {link: `mailto:${email}`})
  pdf.text('IBAN SI56 2633 0001 2039 086 stays with you', {width: 150})
  pdf.initForm()
  pdf.formText('phone', 72, 300, 200, 20, {value: '041 987 654'})
  pdf.note(72, 340, 20, 20, `Note about ${person}, ${email}`)
  pdf.file(Buffer.from(`attached: ${email}`), {name: `${person}.txt`})
  pdf.addPage()
  Object.assign(pdf.page.dictionary.data, {Rotate: 90})
  pdf.text(`Turned page, ${person} wrote from ${email}, and ${harmless}.`)
  pdf.addPage()
  pdf.image(await pngOf(new Uint8Array(300).fill(120), 10, 10), 72, 72)
  pdf.text(person, 72, 200)
  pdf.addPage()
  pdf.end()
  await once(pdf, 'end')
  return Buffer.concat(pieces)
}

/** The file as it is and with everything in it that is compressed. */
function whole(pdf: Buffer): string[] {
  const text = pdf.toString('latin1')
  const streams = [...text.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].map(({1: stream = ''}) => {
    try {
      return inflateSync(Buffer.from(stream, 'latin1')).toString('latin1')
    } catch {
      return stream
    }
  })
  return [text, ...streams]
}

/** How a text stands in a PDF: as it is, in UTF-16, and either in hexadecimal. */
function forms(text: string): string[] {
  const latin = Buffer.from(text, 'latin1')
  const wide = Buffer.from(text, 'utf16le').swap16()
  return [latin, wide].flatMap(each => [
    each.toString('latin1'),
    each.toString('hex'),
    each.toString('hex').toUpperCase(),
  ])
}

async function pagesOf(pdf: Buffer): Promise<DrawnPage[]> {
  return collected(drawnPages(new Uint8Array(pdf), {name: 'a', signal: new AbortController().signal}))
}

/** How dark the letters of a stretch are in another drawing of the page, from 0 to 1. */
function ink(original: DrawnPage, stretch: string, drawing: DrawnPage): number {
  const start = original.text.indexOf(stretch)
  expect(start).toBeGreaterThanOrEqual(0)
  let dark = 0
  let all = 0
  for (let at = start; at < start + stretch.length; at++) {
    const [left = 0, top = 0, right = 0, bottom = 0] = original.boxes.subarray(at * 4, at * 4 + 4)
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        all++
        dark += (255 - (drawing.pixels[(row * drawing.width + column) * 3] as number)) / 255
      }
    }
  }
  return dark / all
}

describe('a PDF', () => {
  let original: Buffer
  beforeAll(async () => {
    original = await letter()
  })

  test('is copied as pictures of its pages with what was found blacked out, and nothing else is in the copy', async () => {
    expect(whole(original).some(part => forms(email).some(form => part.includes(form)))).toBe(true)
    const workspace = new Workspace()
    workspace.write('letter.pdf', original)
    const argv = ['privacy', 'mask', 'letter.pdf', '--out', 'masked.pdf']
    const report = await workspace.json<{counts: Record<string, number>; unread: {reason: string}[]}>(argv, 3)
    expect(report.counts).toMatchObject({PERSON: 3, PHONE_NUMBER: 1, IBAN: 1, EMAIL_ADDRESS: 1})
    expect(report.unread.map(({reason}) => reason)).toEqual(['page 3 has pictures, which are as they were'])

    const masked = readFileSync(workspace.path('masked.pdf'))
    for (const part of whole(masked)) {
      for (const secret of [person, 'Kranjc', phone, email, '041 987 654', 'SI56', harmless]) {
        for (const form of forms(secret)) expect(part.includes(form)).toBe(false)
      }
      expect(part).not.toMatch(/\/(?:Font|Annots|EmbeddedFiles|AcroForm|Metadata|StructTreeRoot|Author|Title|Prev)\b/)
    }
    const {getDocument} = await getResolvedPDFJS()
    const document = await getDocument({data: new Uint8Array(masked), verbosity: 0}).promise
    expect(document.numPages).toBe(4)
    for (let number = 1; number <= document.numPages; number++) {
      const page = await document.getPage(number)
      expect((await page.getTextContent()).items).toEqual([])
      expect(await page.getAnnotations()).toEqual([])
    }
    expect(await document.getAttachments()).toBeNull()

    const [before, after] = [await pagesOf(original), await pagesOf(masked)]
    const sizes = (pages: DrawnPage[]) => pages.map(({width, height}) => [width, height])
    expect(sizes(after)).toEqual(sizes(before))
    const [first, turned] = [before[0]!, before[1]!]
    expect(turned.width).toBeGreaterThan(turned.height)
    for (const [page, secrets] of [
      [0, [person, phone, '2633 0001', '086']],
      [1, [person, email]],
      [2, [person]],
    ] as const) {
      for (const secret of secrets) {
        expect(ink(before[page]!, secret, before[page]!)).toBeLessThan(0.5)
        // Every pixel of it is black: what is left of a letter would be read.
        expect(ink(before[page]!, secret, after[page]!)).toBeGreaterThan(0.999)
      }
    }
    for (const [page, drawing] of [
      [first, after[0]!],
      [turned, after[1]!],
    ] as const) {
      expect(ink(page, harmless, drawing)).toBeCloseTo(ink(page, harmless, page), 2)
    }
  })

  test('is not masked over itself, nor in a way that could not be kept, nor where it is damaged or locked', async () => {
    const workspace = new Workspace()
    workspace.write('letter.pdf', original)
    const mask = (...argv: string[]) => workspace.omni(['privacy', 'mask', ...argv])
    expect(await mask('letter.pdf', '--out', './letter.pdf')).toMatchObject({code: 6})
    expect((await mask('letter.pdf', '--out', 'a.pdf', '--style', 'numbered')).stderr).toContain('not_in_pdf')
    writeFileSync(workspace.path('cut.pdf'), original.subarray(0, 300))
    expect((await mask('cut.pdf', '--out', 'a.pdf')).stderr).toContain('damaged')
    const locked = new PdfKit({userPassword: 'secret', font: ''})
    const pieces: Buffer[] = []
    locked.on('data', (piece: Buffer) => pieces.push(piece)).end()
    await once(locked, 'end')
    workspace.write('locked.pdf', Buffer.concat(pieces))
    expect((await mask('locked.pdf', '--out', 'a.pdf')).stderr).toContain('password')
  })
})
