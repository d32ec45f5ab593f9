import {readFileSync, writeFileSync} from 'node:fs'
import {strFromU8, strToU8, unzipSync, zipSync} from 'fflate'
import {Parser} from 'htmlparser2'
import mammoth from 'mammoth'
import {describe, expect, test} from 'vitest'
import type {Context} from '@omni-ops/core/operation'
import {unitContext} from '../../src/testing/context.ts'
import {maskDocx} from '../../plugins/privacy/src/files/mask-docx.ts'
import {docxTexts} from '../../plugins/privacy/src/files/docx-texts.ts'
import {Workspace} from '../support/workspace.ts'

const office = 'http://schemas.openxmlformats.org'
const namespaces = `xmlns:w="${office}/wordprocessingml/2006/main" xmlns:a="${office}/drawingml/2006/main" xmlns:r="${office}/officeDocument/2006/relationships" xmlns:wp="${office}/drawingml/2006/wordprocessingDrawing" xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"`

const run = (text: string, element = 't') => `<w:r><w:${element}>${text}</w:${element}></w:r>`
const paragraph = (...runs: string[]) => `<w:p>${runs.join('')}</w:p>`
const part = (root: string, inner: string) =>
  strToU8(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<w:${root} ${namespaces}>${inner}</w:${root}>`)
const relationships = (inner: string) =>
  strToU8(`<?xml version="1.0"?><Relationships xmlns="${office}/package/2006/relationships">${inner}</Relationships>`)

/** A letter with personal data wherever Word puts any. */
const letter = zipSync({
  '[Content_Types].xml': strToU8(
    `<?xml version="1.0"?><Types xmlns="${office}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
  ),
  '_rels/.rels': relationships(
    `<Relationship Id="r1" Type="${office}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>`,
  ),
  'word/document.xml': part(
    'document',
    `<w:body>${[
      paragraph(run('Spoštovana ga. A'), '<w:r><w:rPr><w:b/></w:rPr><w:t>na Kr</w:t></w:r>', run('anjc &amp; Co')),
      paragraph(run('telefon: 031'), '<w:r><w:tab/></w:r>', run('123 456')),
      paragraph(
        run('piše '),
        `<w:del w:id="1" w:author="Mitja Zupan" w:date="2026-01-02T00:00:00Z">${run('bor@', 'delText')}</w:del>`,
        `<w:ins w:id="2" w:author="xq77">${run('cene@')}</w:ins>`,
        run('example.com'),
      ),
      paragraph(
        `<w:r><w:fldChar w:fldCharType="begin"/></w:r>${run('HYPERLINK "mailto:dana@example.com"', 'instrText')}`,
        run('mail'),
      ),
      `<w:p><w:hyperlink r:id="r5" w:tooltip="to eva@example.com">${run('link')}</w:hyperlink></w:p>`,
      paragraph(
        run('box '),
        `<w:r><w:drawing><wp:docPr id="3" name="x" descr="portrait of fani@example.com"/></w:drawing><w:txbxContent>${paragraph(run('gaja@exam'), run('ple.com'))}</w:txbxContent></w:r>`,
      ),
      paragraph(run('nothing   personal', 't')),
    ].join('')}<w:sectPr/></w:body>`,
  ),
  'word/_rels/document.xml.rels': relationships(
    `<Relationship Id="r5" Type="${office}/officeDocument/2006/relationships/hyperlink" Target="mailto:hana@example.com?subject=a%20b" TargetMode="External"/>`,
  ),
  'word/header1.xml': part('hdr', paragraph(run('Call +386 31 123 456'))),
  'word/footer2.xml': part('ftr', paragraph(run('ida@example.com'))),
  'word/footnotes.xml': part('footnotes', `<w:footnote w:id="1">${paragraph(run('jan@example.com'))}</w:footnote>`),
  'word/comments.xml': part(
    'comments',
    `<w:comment w:id="0" w:author="Mitja Zupan" w:initials="MZ">${paragraph(run('ask kaja@example.com'))}</w:comment>`,
  ),
  'word/people.xml': part(
    'people',
    `<w15:person w15:author="Mitja Zupan"><w15:presenceInfo w15:providerId="AD" w15:userId="mz1"/></w15:person>`,
  ),
  'word/charts/chart1.xml': strToU8(
    '<c:chart xmlns:c="c"><c:cat><c:f>Sheet1!$A$1</c:f><c:pt><c:v>lara@example.com</c:v></c:pt></c:cat></c:chart>',
  ),
  'word/media/image1.png': new Uint8Array([0x89, 0x50, 0x4e, 0x47]),
  'word/fonts/font1.odttf': new Uint8Array([1, 2]),
  'docProps/core.xml': strToU8(
    `<cp:coreProperties xmlns:cp="cp" xmlns:dc="dc" xmlns:dcterms="t"><dc:creator>qqrs12</dc:creator><cp:lastModifiedBy>Ana Kranjc</cp:lastModifiedBy><dcterms:created>2026-01-02T03:04:05Z</dcterms:created></cp:coreProperties>`,
  ),
  'docProps/custom.xml': strToU8(
    '<Properties xmlns:vt="vt"><property name="Client"><vt:lpwstr>maja@example.com</vt:lpwstr></property></Properties>',
  ),
})

const secrets =
  /Kranjc|anjc|na Kr|123 456|Zupan|MZ|mz1|xq77|qqrs12|(?:bor|cene|dana|eva|fani|gaja|hana|ida|jan|kaja|lara|maja)@/

const partsOf = (bytes: Uint8Array) =>
  Object.fromEntries(Object.entries(unzipSync(bytes)).map(([name, content]) => [name, strFromU8(content)]))

/** The elements of a part with the names of their attributes. What XML does not allow bare in text shows up as an element of its own. */
function structure(xml: string): string[] {
  const found: string[] = []
  const parser = new Parser(
    {
      onopentag: (name, attributes) =>
        void found.push(`${name} ${Object.keys(attributes).filter(each => each !== 'xml:space')}`),
      onclosetag: name => void found.push(`/${name}`),
    },
    {xmlMode: true},
  )
  parser.end(xml)
  if (/&(?!(?:amp|lt|gt|quot|apos|#\d+);)/.test(xml)) found.push('a bare &')
  return found
}

async function texts(bytes: Uint8Array): Promise<string[]> {
  const found: string[] = []
  const options = {name: 'it', signal: new AbortController().signal}
  for await (const {text} of docxTexts(bytes, options)) found.push(text)
  return found
}

const env = {OMNI_PRIVACY_KEY: 'a secret of at least thirty-two characters'}

interface Report {
  readonly counts: Readonly<Record<string, number>>
  readonly unread: readonly {readonly source: string; readonly reason: string}[]
}

describe('a masked copy of a Word document', () => {
  test('holds no original in any part, stays a document, and tells what it leaves', async () => {
    const workspace = new Workspace({env})
    workspace.write('letter.docx', letter)
    const argv = ['privacy', 'mask', 'letter.docx', '--out', 'masked.docx']
    const report = await workspace.json<Report>(argv, 3)
    expect(report.unread).toEqual([{source: 'letter.docx', reason: 'word/media/image1.png is copied as it stands'}])
    const masked = readFileSync(workspace.path('masked.docx'))
    const before = partsOf(letter)
    const after = partsOf(masked)
    expect(Object.keys(after)).toEqual(Object.keys(before))
    for (const [name, content] of Object.entries(after)) {
      expect(content, name).not.toMatch(secrets)
      if (/\.(?:xml|rels)$/.test(name)) expect(structure(content), name).toEqual(structure(before[name] ?? ''))
    }
    for (const name of ['[Content_Types].xml', '_rels/.rels', 'word/media/image1.png']) {
      expect(after[name]).toBe(before[name])
    }
    const body = after['word/document.xml'] ?? ''
    expect(body).toContain('<w:rPr><w:b/></w:rPr>')
    expect(body).toContain(paragraph(run('nothing   personal')))
    expect(after['docProps/core.xml']).toContain('>2026-01-02T03:04:05Z<')
    expect(after['word/comments.xml']).toContain('w:initials=""')
    const author = /w15:author="([^"]+)"/.exec(after['word/people.xml'] ?? '')?.[1]
    expect(body).toContain(`w:author="${author}"`)
    const target = /Target="([^"]+)" TargetMode/.exec(after['word/_rels/document.xml.rels'] ?? '')?.[1] ?? ''
    expect(target).toMatch(/^mailto:%5BEMAIL_ADDRESS_\d+%5D\?subject=a%20b$/)

    const {value} = await mammoth.extractRawText({buffer: masked})
    expect(value).toMatch(/^Spoštovana .*\[(?:PERSON|ORGANIZATION)_\d\]/)
    expect(value).toMatch(/piše \[EMAIL_ADDRESS_\d\]/)
    const scanned = await workspace.json<{spans: {where: string; value: string; type: string}[]}>([
      'privacy',
      'scan',
      'masked.docx',
      '--show-values',
    ])
    expect(scanned.spans.map(({where, value: found}) => [where, found])).toEqual([
      ['properties', '2026-01-02T03:04:05Z'],
    ])
  })

  test.each(['label', 'partial', 'block'] as const)('is a document in style %s too', async style => {
    const workspace = new Workspace()
    workspace.write('letter.docx', letter)
    const [path, out] = [workspace.path('letter.docx'), workspace.path('masked.docx')]
    const context = {...unitContext(), settings: {get: () => undefined}, directories: {}, emit: () => undefined}
    const options = {path, out, name: 'letter.docx', types: [], threshold: 0.5, style}
    await maskDocx(options, {...context, signal: new AbortController().signal} as unknown as Context)
    const before = partsOf(letter)
    const after = partsOf(readFileSync(out))
    for (const [name, content] of Object.entries(after)) {
      if (/\.(?:xml|rels)$/.test(name)) expect(structure(content), name).toEqual(structure(before[name] ?? ''))
      expect(content, name).not.toMatch(/Kranjc|na Kr|Zupan|qqrs12|(?:bor|cene|gaja|lara)@/)
    }
  })

  test('is brought back by its map, and not written over its original or for a damaged one', async () => {
    const workspace = new Workspace({env})
    workspace.write('letter.docx', letter)
    await workspace.omni(['privacy', 'mask', 'letter.docx', '--out', 'masked.docx', '--map', 'letter.map'])
    const back = await workspace.omni(['privacy', 'unmask', 'masked.docx', '--map', 'letter.map', '--out', 'back.docx'])
    expect(back.code).toBe(0)
    const again = await texts(readFileSync(workspace.path('back.docx')))
    // What was spread over a tab or a tracked change comes back whole where it began.
    const spread = /^(?:telefon|piše)/
    expect(again.filter(text => !spread.test(text))).toEqual((await texts(letter)).filter(text => !spread.test(text)))
    expect(again).toContain('telefon: 031\t123 456\t')
    expect((await workspace.omni(['privacy', 'mask', 'letter.docx', '--out', './letter.docx'])).code).toBe(6)
    writeFileSync(workspace.path('cut.docx'), letter.subarray(0, 400))
    expect((await workspace.omni(['privacy', 'mask', 'cut.docx', '--out', 'out.docx'])).stderr).toContain('damaged')
  })
})
