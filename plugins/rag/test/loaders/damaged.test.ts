import * as fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {chunkDocument} from '../../src/chunking/chunker.ts'
import {DocumentError} from '../../src/documents/errors.ts'
import {loadBytes} from '../../src/loaders/load.ts'
import {writePdf} from '../fixtures/write-pdf.ts'
import {paragraph, writeDocx} from '../fixtures/write-zip.ts'

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
    await fc.assert(
      fc.asyncProperty(fc.array(damage, {minLength: 1, maxLength: 6}), async damages => {
        const bytes = damages.reduce(damaged, sound)
        try {
          const document = await loadBytes(bytes, {source: name, hint: {name}})
          // Cutting checks that the blocks are those of the text.
          expect(chunkDocument(document).length).toBeGreaterThan(0)
        } catch (error) {
          if (!(error instanceof DocumentError)) throw error
        }
      }),
      {numRuns: 150},
    )
  })
})
