import {CancelledError} from '@omni-ops/core/operation'
import {describe, expect, test} from 'vitest'
import {loadBytes} from '../../src/loaders/load.ts'
import {defaultLoadLimits} from '../../src/loaders/limits.ts'
import {parseInThread} from '../../src/loaders/parsing-thread.ts'
import {expectSound} from '../fixtures/document-outline.ts'
import {writeMsg} from '../fixtures/write-msg.ts'
import {writePdf} from '../fixtures/write-pdf.ts'
import {paragraph, writeDocx} from '../fixtures/write-zip.ts'

const pdf = writePdf([[{text: 'Prva stran', y: 700}], [{text: 'Druga stran', y: 700}]], {title: 'Naslov'})
const options = {source: 'a', limits: defaultLoadLimits, signal: undefined}

describe('a thread of its own', () => {
  test('reads a large document as this thread reads a small one', async () => {
    // What follows the end of a PDF is none of it.
    const large = Buffer.concat([pdf, Buffer.alloc(1_100_000, '\n')])
    const small = await loadBytes(pdf, {source: 'a.pdf'})
    const document = await loadBytes(large, {source: 'a.pdf'})
    expectSound(document)
    const {text, blocks, pages, title, metadata} = document
    expect({text, blocks, pages, title, metadata}).toEqual({
      text: small.text,
      blocks: small.blocks,
      pages: small.pages,
      title: small.title,
      metadata: small.metadata,
    })
    expect((await parseInThread('docx', writeDocx(paragraph('besedilo')), options)).text).toBe('besedilo')
    const msg = writeMsg({'001A': 'IPM.Note', '0037': 'Zadeva'}, {name: 'a.txt', bytes: Buffer.from('x')})
    expect((await parseInThread('msg', msg, options)).embedded).toEqual([
      expect.objectContaining({name: 'a.txt', bytes: new Uint8Array([120])}),
    ])
  })

  test('says what is wrong with a document as this thread does', async () => {
    await expect(parseInThread('pdf', Buffer.from('%PDF-1.7 no more'), options)).rejects.toMatchObject({
      reason: 'corrupt',
      source: 'a',
      hint: expect.stringContaining('PDF viewer'),
    })
    await expect(parseInThread('pdf', writePdf([[]]), options)).rejects.toMatchObject({reason: 'empty'})
    await expect(
      parseInThread('pdf', pdf, {...options, limits: {...defaultLoadLimits, maxCharacters: 5}}),
    ).rejects.toMatchObject({reason: 'too_large'})
  })

  test('is ended when its time is up, and when the caller cancels', async () => {
    await expect(
      parseInThread('pdf', pdf, {...options, limits: {...defaultLoadLimits, maxMilliseconds: -1000}}),
    ).rejects.toMatchObject({reason: 'timeout'})
    await expect(parseInThread('pdf', pdf, {...options, signal: AbortSignal.abort()})).rejects.toThrow(CancelledError)
  })
})
