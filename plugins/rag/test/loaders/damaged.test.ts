import * as fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {chunkDocument} from '../../src/chunking/chunker.ts'
import {DocumentError} from '../../src/documents/errors.ts'
import {loadBytes, loadWithEmbedded} from '../../src/loaders/load.ts'
import {
  shape,
  slideTable,
  textCell,
  writeEpub,
  writeOpenDocument,
  writePptx,
  writeXlsx,
} from '../fixtures/write-office.ts'
import {writePdf} from '../fixtures/write-pdf.ts'
import {writeMsg} from '../fixtures/write-msg.ts'
import {paragraph, writeDocx, writeZip} from '../fixtures/write-zip.ts'

const samples: Record<string, Uint8Array> = {
  'a.md': Buffer.from(
    '---\ntitle: x\n---\n# Naslov\n\n- ena\n- dve\n\n```\ncode\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n',
  ),
  'a.txt': Buffer.from('Naslov\n======\n\nbesedilo teče\n\nx | y\n1 | 2\n'),
  'a.html': Buffer.from(
    '<!doctype html><title>t</title><main><h1>A</h1><ul><li>x<ol><li>y</ol></ul><table><tr><th>a<th>b<tr><td>1<td>2</table><pre>c</pre></main>',
  ),
  'a.csv': Buffer.from('ime;cena\n"Novak; ""J""";12\n"dve\nvrstici";13\n'),
  'a.json': Buffer.from(
    JSON.stringify({name: 'x', records: Array.from({length: 30}, (_, id) => ({id, text: 'y'.repeat(60)}))}),
  ),
  'a.py': Buffer.from('import os\n\ndef f(x):\n    return x\n\nclass A:\n    pass\n'),
  'a.pdf': writePdf(
    [
      [
        {text: 'Heading', size: 20, y: 780},
        {text: 'text of a page', y: 740},
      ],
      [{text: 'more', y: 700}],
    ],
    {title: 'T'},
  ),
  'a.docx': writeDocx(
    paragraph('Naslov', 'Heading1') +
      paragraph('besedilo') +
      `<w:tbl><w:tr><w:tc>${paragraph('1')}</w:tc></w:tr></w:tbl>`,
  ),
  'a.pptx': writePptx([
    {
      shapes:
        shape(['Naslov'], 'title') +
        slideTable([
          ['a', 'b'],
          ['1', '2'],
        ]),
      notes: shape(['opomba'], 'body'),
    },
    {shapes: shape(['ena', 'dve'])},
  ]),
  'a.xlsx': writeXlsx(
    [
      {
        name: 'List',
        rows: `<row r="1">${textCell('A1', 'Ime')}${textCell('B1', 'Cena')}</row><row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" s="1"><v>46023</v></c></row>`,
        after: '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>',
      },
    ],
    {strings: ['<t>kruh</t>'], formats: ['d. m. yyyy']},
  ),
  'a.odt': writeOpenDocument(
    'text',
    '<text:h>Naslov</text:h><text:p>besedilo</text:p><text:list><text:list-item><text:p>a</text:p></text:list-item></text:list><table:table><table:table-row><table:table-cell><text:p>1</text:p></table:table-cell></table:table-row></table:table>',
  ),
  'a.ods': writeOpenDocument(
    'spreadsheet',
    '<table:table table:name="L"><table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="2"><text:p>1</text:p></table:table-cell></table:table-row></table:table>',
  ),
  'a.epub': writeEpub(['<h1>Prvo</h1><p>a</p>', '<h1>Drugo</h1><p>b</p>']),
  'a.rtf': Buffer.from(
    "{\\rtf1\\ansi{\\fonttbl{\\f0\\fcharset238 A;}}{\\info{\\title T}}\\outlinelevel0 Naslov\\par\\pard \\'e8 \\u382?\\par\\trowd\\intbl a\\cell b\\cell\\row\\pard{\\pict\\bin3 abc}x\\par}",
  ),
  'a.eml': Buffer.from(
    'From: a@example.si\nSubject: =?utf-8?B?xb0=?=\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>x</p>\n--b\nContent-Type: text/csv; name=a.csv\nContent-Disposition: attachment; filename=a.csv\nContent-Transfer-Encoding: base64\n\naW1lLGNlbmEKa3J1aCwyCg==\n--b--\n',
  ),
  'a.mbox': Buffer.from(
    'From a@example.si Sun Nov 22 10:00:00 2026\nSubject: x\n\nbesedilo\n>From x\n\nFrom a@example.si Sun Nov 22 10:00:00 2026\nSubject: y\n\nz\n',
  ),
  'a.msg': writeMsg(
    {'001A': 'IPM.Note', '0037': 'Naslov', '1000': 'Besedilo'},
    {name: 'a.txt', bytes: Buffer.from('x')},
  ),
}

type Damage =
  | {readonly kind: 'cut'; readonly at: number}
  | {readonly kind: 'set'; readonly at: number; readonly byte: number}
  | {readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array}
  | {readonly kind: 'repeat'; readonly at: number; readonly length: number}

/** `at` is a share of the length, so that one damage fits every sample. */
const at = fc.double({min: 0, max: 1, noNaN: true})
const damage = fc.oneof<fc.Arbitrary<Damage>[]>(
  fc.record({kind: fc.constant('cut' as const), at}),
  fc.record({kind: fc.constant('set' as const), at, byte: fc.integer({min: 0, max: 255})}),
  fc.record({kind: fc.constant('insert' as const), at, bytes: fc.uint8Array({maxLength: 20})}),
  fc.record({kind: fc.constant('repeat' as const), at, length: fc.integer({min: 1, max: 200})}),
)

function damaged(bytes: Uint8Array, done: Damage): Uint8Array {
  const place = Math.floor(done.at * bytes.length)
  switch (done.kind) {
    case 'cut':
      return bytes.slice(0, place)
    case 'set':
      return Uint8Array.from(bytes, (byte, index) => (index === place ? done.byte : byte))
    case 'insert':
      return new Uint8Array(Buffer.concat([bytes.slice(0, place), done.bytes, bytes.slice(place)]))
    case 'repeat':
      return new Uint8Array(Buffer.concat([bytes.slice(0, place + done.length), bytes.slice(place)]))
  }
}

describe('damaged files are read as far as they can be, or refused with a reason', () => {
  test.each(Object.entries(samples))('%s', async (name, sound) => {
    await expect(loadBytes(sound, {source: name, hint: {name}})).resolves.toBeDefined()
    // Some damage keeps a parser busy without end: its thread is then ended.
    const limits = {maxMilliseconds: 1000}
    await fc.assert(
      fc.asyncProperty(fc.array(damage, {minLength: 1, maxLength: 6}), async damages => {
        const bytes = damages.reduce(damaged, sound)
        try {
          for await (const loaded of loadWithEmbedded(bytes, {source: name, hint: {name}, limits})) {
            // Cutting checks that the blocks are those of the text.
            if (!(loaded instanceof DocumentError)) expect(chunkDocument(loaded).length).toBeGreaterThan(0)
          }
        } catch (error) {
          if (!(error instanceof DocumentError)) throw error
        }
      }),
      {numRuns: name === 'a.msg' ? 25 : 150},
    )
  })
})

describe('what is made to harm is refused in bounded time and memory', () => {
  const deep = (name: string, depth: number): string => `<${name}>`.repeat(depth) + `</${name}>`.repeat(depth)

  test.each<[string, Uint8Array, string]>([
    ['a.pptx', writePptx([{shapes: deep('p:grpSp', 5000)}]), 'corrupt'],
    ['a.odt', writeOpenDocument('text', deep('text:section', 5000)), 'corrupt'],
    ['a.epub', writeEpub([deep('div', 5000)]), 'corrupt'],
    ['a.xlsx', writeXlsx([{name: 'S', rows: deep('row', 5000)}]), 'corrupt'],
    ['a.rtf', Buffer.from(`{\\rtf1 ${'{'.repeat(5000)}x${'}'.repeat(5001)}`), 'corrupt'],
    ['a.html', Buffer.from(deep('div', 5000)), 'corrupt'],
  ])('elements or groups nested too deep: %s', async (name, bytes, reason) => {
    await expect(loadBytes(bytes, {source: name, hint: {name}})).rejects.toMatchObject({reason})
  })

  test.each<[string, (bomb: {name: string; content: Uint8Array}) => Uint8Array, string]>([
    ['a.xlsx', bomb => writeZip([{name: 'xl/_rels/workbook.xml.rels', content: '<r/>'}, bomb]), 'xl/workbook.xml'],
    ['a.epub', bomb => writeEpub([''], [bomb]), 'META-INF/encryption.xml'],
  ])('a part that unpacks to more than the limit: %s', async (name, write, part) => {
    const bytes = write({name: part, content: Buffer.alloc(310_000_000, 0x20)})
    expect(bytes.length).toBeLessThan(1_000_000)
    await expect(loadBytes(bytes, {source: name, hint: {name}})).rejects.toMatchObject({reason: 'too_large'})
  })

  test('a sheet of millions of repeated cells', async () => {
    const row = `<table:table-row table:number-rows-repeated="1024"><table:table-cell table:number-columns-repeated="1024"><text:p>${'x'.repeat(50)}</text:p></table:table-cell></table:table-row>`
    const bytes = writeOpenDocument('spreadsheet', `<table:table table:name="L">${row.repeat(50)}</table:table>`)
    await expect(loadBytes(bytes, {source: 'a.ods', hint: {name: 'a.ods'}})).rejects.toMatchObject({
      reason: 'too_large',
    })
  })

  test('entities that grow', async () => {
    const entities = Array.from(
      {length: 9},
      (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`,
    ).join('')
    const bytes = writeZip([
      {name: 'mimetype', content: 'application/vnd.oasis.opendocument.text', stored: true},
      {
        name: 'content.xml',
        content: `<!DOCTYPE d [<!ENTITY e0 "ha">${entities}]><d xmlns:text="t"><text:p>&e9;</text:p></d>`,
      },
    ])
    const {text} = await loadBytes(bytes, {source: 'a.odt', hint: {name: 'a.odt'}})
    expect(text.length).toBeLessThan(20)
  })
})
