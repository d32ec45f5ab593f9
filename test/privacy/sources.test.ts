import {mkdirSync, readFileSync} from 'node:fs'
import BetterSqlite3 from 'better-sqlite3'
import {zipSync} from 'fflate'
import {describe, expect, test} from 'vitest'
import {connect} from '@lancedb/lancedb'
import {createDetector} from '../../plugins/privacy/src/detect/create-detector.ts'
import {docxTexts} from '../../plugins/privacy/src/files/docx-texts.ts'
import {kindOfBytes} from '../../plugins/privacy/src/files/file-kind.ts'
import {lanceTexts} from '../../plugins/privacy/src/files/lance-texts.ts'
import {pdfTexts} from '../../plugins/privacy/src/files/pdf-texts.ts'
import type {PlacedText} from '../../plugins/privacy/src/files/placed-text.ts'
import {scanPlacedTexts} from '../../plugins/privacy/src/files/scan-segments.ts'
import {sqliteTexts} from '../../plugins/privacy/src/files/sqlite-texts.ts'
import {writePdf} from '../../plugins/rag/test/fixtures/write-pdf.ts'
import {Workspace} from '../support/workspace.ts'

interface Found {
  readonly source: string
  readonly where: string
  readonly type: string
  readonly value: string
  readonly page?: number
  readonly table?: string
  readonly row?: Readonly<Record<string, string>>
}

const {signal} = new AbortController()

/** A source read to its end, with what it says can't be read. */
async function read(
  open: (options: {name: string; signal: AbortSignal; unread: (reason: string) => void}) => AsyncIterable<PlacedText>,
): Promise<{texts: PlacedText[]; unread: string[]}> {
  const texts: PlacedText[] = []
  const unread: string[] = []
  for await (const text of open({name: 'it', signal, unread: reason => unread.push(reason)})) texts.push(text)
  return {texts, unread}
}

const paragraph = (text: string) => `<w:p><w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`
const part = (inner: string) => Buffer.from(`<?xml version="1.0"?><w:x xmlns:w="w">${inner}</w:x>`)

function writeDocx(parts: Readonly<Record<string, Uint8Array>> = {}): Uint8Array {
  return zipSync({
    '[Content_Types].xml': Buffer.from('<Types/>'),
    'word/document.xml': part(paragraph('Dear all,') + paragraph('write to ana@example.com')),
    'word/header1.xml': part(paragraph('Call +386 31 123 456')),
    'word/comments.xml': part(`<w:comment w:author="Marjeta Zupan">${paragraph('fine &amp; well')}</w:comment>`),
    'docProps/core.xml': Buffer.from('<cp:coreProperties><dc:creator>Ana Kranjc</dc:creator></cp:coreProperties>'),
    ...parts,
  })
}

function writeDatabase(path: string): void {
  const database = new BetterSqlite3(path)
  database.exec(`
    pragma journal_mode = wal;
    create table customers (id integer primary key, email text, phone integer, photo blob, note blob);
    create table "odd ""name" (a text, b text, c text, primary key (b, a)) without rowid;
    create table loose (rowid text, email text);
    create view everything as select * from customers;
    create virtual table letters using fts5(body);
  `)
  const add = database.prepare('insert into customers values (?, ?, ?, ?, ?)')
  add.run(7, 'ana@example.com', 4111111111111111n, Buffer.from([0, 1, 2]), Buffer.from('bor@example.com'))
  add.run(8, 'none', null, null, null)
  database.prepare('insert into "odd ""name" values (?, ?, ?)').run('x', 'y', 'cene@example.com')
  database.prepare('insert into loose values (?, ?)').run('hides', 'dana@example.com')
  database.prepare('insert into letters values (?)').run('from eva@example.com')
  database.close()
}

describe('sources of personal data', () => {
  test('a directory of everything is read, each with its own places', async () => {
    const workspace = new Workspace()
    workspace.write('in/a.txt', 'first\nana@example.com\n')
    workspace.write('in/b.docx', writeDocx())
    workspace.write('in/c.pdf', writePdf([[{text: 'nothing', y: 700}], [{text: 'to bor@example.com', y: 700}], []]))
    workspace.write('in/broken.pdf', Buffer.from('%PDF-1.4 and no more'))
    writeDatabase(workspace.path('in/d.db'))
    mkdirSync(workspace.path('in/index'))
    const connection = await connect(workspace.path('in/index'))
    const rows = [{id: 'p1', text: 'ask fani@example.com', tags: ['gaja@example.com'], vector: [0.5, 1]}]
    const table = await connection.createTable('passages', rows)
    table.close()
    connection.close()
    const scan = await workspace.json<{spans: Found[]; unread: {source: string; reason: string}[]}>(
      ['privacy', 'scan', 'in', '--show-values', '-t', 'EMAIL_ADDRESS', '-t', 'PHONE_NUMBER', '-t', 'CREDIT_CARD'],
      3,
    )
    expect(scan.spans.map(span => [span.source, span.where, span.value])).toEqual([
      ['in/a.txt', '2:1', 'ana@example.com'],
      ['in/b.docx', 'document, paragraph 2', 'ana@example.com'],
      ['in/b.docx', 'header1, paragraph 1', '+386 31 123 456'],
      ['in/c.pdf', 'page 2, 1:4', 'bor@example.com'],
      ['in/d.db', 'customers.email, id 7', 'ana@example.com'],
      ['in/d.db', 'customers.phone, id 7', '4111111111111111'],
      ['in/d.db', 'customers.note, id 7', 'bor@example.com'],
      ['in/d.db', 'letters_content.c0, id 1', 'eva@example.com'],
      ['in/d.db', 'loose.email, _rowid_ 1', 'dana@example.com'],
      ['in/d.db', 'odd "name.c, b y a x', 'cene@example.com'],
      ['in/index/passages.lance', 'passages.text, id p1', 'fani@example.com'],
      ['in/index/passages.lance', 'passages.tags, id p1', 'gaja@example.com'],
    ])
    expect(scan.unread.map(each => `${each.source}: ${each.reason}`).toSorted()).toEqual([
      'in/broken.pdf: in/broken.pdf is damaged or cut off',
      'in/c.pdf: no text on page 3: scans are not read',
      'in/d.db: customers.photo: 1 binary values are not read',
    ])
  })

  test('stdin may be any of them', async () => {
    const workspace = new Workspace()
    writeDatabase(workspace.path('d.db'))
    workspace.write('b.docx', writeDocx())
    workspace.write('c.pdf', writePdf([[{text: 'to bor@example.com', y: 700}]]))
    for (const [file, where] of [
      ['d.db', 'customers.email, id 7'],
      ['b.docx', 'document, paragraph 2'],
      ['c.pdf', 'page 1, 1:4'],
    ] as const) {
      const {stdout} = await workspace.omni(['privacy', 'scan', '-', '--json', '-t', 'EMAIL_ADDRESS'], {
        input: readFileSync(workspace.path(file)),
      })
      expect((JSON.parse(stdout) as {spans: Found[]}).spans[0]?.where).toBe(where)
    }
  })

  test('a database is read and not touched, and one that is none is told', async () => {
    const workspace = new Workspace()
    const path = workspace.path('d.db')
    writeDatabase(path)
    const before = readFileSync(path)
    await read(options => sqliteTexts(path, options))
    expect(readFileSync(path).equals(before)).toBe(true)
    const broken = Buffer.concat([before.subarray(0, 100), Buffer.alloc(5000, 7)])
    await expect(read(options => sqliteTexts(broken, options))).rejects.toMatchObject({code: 'unreadable_file'})
  })

  test('of a Word document nothing is left out that somebody wrote', async () => {
    const {texts} = await read(options =>
      docxTexts(
        writeDocx({
          'word/footnotes.xml': part(
            `<w:p><w:del w:author="Bor Kos"><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>`,
          ),
          'word/_rels/document.xml.rels': Buffer.from(
            '<Relationships><Relationship Target="mailto:cene@example.com" TargetMode="External"/></Relationships>',
          ),
        }),
        options,
      ),
    )
    expect(texts.map(({text}) => text).toSorted()).toEqual([
      'Ana Kranjc',
      'Bor Kos',
      'Call +386 31 123 456',
      'Dear all,',
      'Marjeta Zupan',
      'cene@example.com',
      'fine & well',
      'gone',
      'write to ana@example.com',
    ])
  })

  test('a document that unpacks to more than it says, or too deep, is refused', async () => {
    const bomb = Buffer.from(writeDocx({'word/header2.xml': Buffer.alloc(40_000_000, 0x20)}))
    // The size that the archive gives for the large part becomes a small one (APPNOTE.TXT 4.3.12).
    for (let at = bomb.indexOf('PK\x01\x02'); at >= 0; at = bomb.indexOf('PK\x01\x02', at + 4)) {
      if (bomb.readUInt32LE(at + 24) === 40_000_000) bomb.writeUInt32LE(1000, at + 24)
    }
    const before = process.memoryUsage().arrayBuffers
    await read(options => docxTexts(bomb, options)).catch((error: unknown) =>
      expect(error).toMatchObject({code: 'unreadable_file'}),
    )
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000)
    const deep = writeDocx({'word/header2.xml': part('<w:p>'.repeat(2000))})
    await expect(read(options => docxTexts(deep, options))).rejects.toMatchObject({code: 'unreadable_file'})
  })

  test('a PDF under a password is told', async () => {
    const locked = writePdf([[{text: 'ana@example.com', y: 700}]], {encrypted: true})
    await expect(read(options => pdfTexts(locked, options))).rejects.toThrow('password')
  })

  test('a directory that only looks like a table is told', async () => {
    const workspace = new Workspace()
    workspace.write('x.lance/_versions/1.manifest', 'no manifest')
    await expect(read(options => lanceTexts(workspace.path('x.lance'), options))).rejects.toMatchObject({
      code: 'unreadable_file',
    })
  })

  test('kinds follow from bytes', () => {
    expect(kindOfBytes('a.txt', Buffer.from('SQLite format 3\0...'))).toBe('sqlite')
    expect(kindOfBytes('a', Buffer.from('junk\n%PDF-1.7'))).toBe('pdf')
    expect(kindOfBytes('a.zip', Buffer.from('PK\x03\x04...'))).toBe('binary')
    expect(kindOfBytes('a.docx', Buffer.from('PK\x03\x04...'))).toBe('docx')
    expect(kindOfBytes('a.pdf', Buffer.from('plain words'))).toBe('text')
  })

  test('the name of a column counts as context', async () => {
    const detector = await createDetector()
    const texts = async function* () {
      yield {text: '50223054', field: 'davčna', place: {table: 't', row: {id: '1'}}}
    }
    for await (const span of scanPlacedTexts('s', texts(), detector)) expect(span.type).toBe('TAX_NUMBER')
  })
})
