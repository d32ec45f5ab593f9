import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import type {LoadedDocument} from '../../src/documents/document.ts'
import {DocumentError} from '../../src/documents/errors.ts'
import {loadMailboxFile} from '../../src/loaders/load-mailbox.ts'
import {contentHash, loadBytes, loadWithEmbedded} from '../../src/loaders/load.ts'
import {expectSound, outline} from '../fixtures/document-outline.ts'
import {writeMsg} from '../fixtures/write-msg.ts'
import {writePdf} from '../fixtures/write-pdf.ts'

async function loadAll(name: string, content: string | Uint8Array) {
  return collect(loadWithEmbedded(Buffer.from(content as string), {source: name, hint: {name}}))
}

async function collect(loaded: AsyncIterable<LoadedDocument | DocumentError>) {
  const documents = new Map<string, LoadedDocument>()
  const errors: [string, string][] = []
  for await (const each of loaded) {
    if (each instanceof DocumentError) errors.push([each.source, each.reason])
    else {
      expectSound(each)
      documents.set(each.source, each)
    }
  }
  return {documents, errors}
}

const lines = (...all: string[]): string => all.join('\r\n')

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\r\n')

describe('messages', () => {
  const plain = lines(
    'From: =?utf-8?q?=C5=BDiga_Novak?= <ziga@example.si>',
    'To: Ana <ana@example.si>, Ekipa: bor@example.si, cene@example.si;',
    'Subject: =?utf-8?B?UmHEjXVu?= za =?utf-8?B?xaFvbG8=?=',
    'Date: Sun, 22 Nov 2026 10:00:00 +0100',
    'Message-ID: <1@example.si>',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'Pozdravljeni,',
    'račun je plačan.',
    '',
    'Ana je napisala:',
    '> Ali je račun',
    '>',
    '> plačan?',
    '',
    'Lep pozdrav',
  )

  test('the header and the text, with what is quoted apart', async () => {
    const {documents} = await loadAll('racun.eml', plain)
    const message = documents.get('racun.eml')!
    expect(message.title).toBe('Račun za šolo')
    expect(message.mediaType).toBe('message/rfc822')
    expect(message.metadata).toEqual({
      from: ['Žiga Novak <ziga@example.si>'],
      to: ['Ana <ana@example.si>', 'bor@example.si', 'cene@example.si'],
      date: '2026-11-22T09:00:00.000Z',
      message_id: '<1@example.si>',
    })
    expect(outline(message)).toEqual([
      ['heading1', 'Račun za šolo'],
      [
        'paragraph',
        'From: Žiga Novak <ziga@example.si>\nTo: Ana <ana@example.si>, bor@example.si, cene@example.si\nDate: 2026-11-22T09:00:00.000Z',
      ],
      ['paragraph', 'Pozdravljeni,\nračun je plačan.'],
      ['paragraph', 'Ana je napisala:'],
      ['paragraph', '> Ali je račun\n>\n> plačan?'],
      ['paragraph', 'Lep pozdrav'],
    ])
  })

  test('is known without a name by its header', async () => {
    expect((await loadBytes(Buffer.from(plain), {source: '-'})).mediaType).toBe('message/rfc822')
    expect((await loadBytes(Buffer.from('Title: x\nAuthor: y\n\ntext'), {source: '-'})).mediaType).toBe('text/plain')
  })

  const part = (type: string, disposition: string, body: string): string =>
    lines(`Content-Type: ${type}`, `Content-Disposition: ${disposition}`, 'Content-Transfer-Encoding: base64', '', body)

  let boundaries = 0
  const mixed = (...parts: string[]): string => {
    const boundary = `boundary-${++boundaries}`
    return lines(
      'From: a@example.si',
      'Subject: Priloge',
      'MIME-Version: 1.0',
      `Content-Type: multipart/mixed; boundary=${boundary}`,
      '',
      ...parts.flatMap(each => [`--${boundary}`, each]),
      `--${boundary}--`,
      '',
    )
  }

  test('attachments are documents of their own, by the loader for each, through any depth', async () => {
    const inner = mixed(part('text/csv', 'attachment; filename="cene.csv"', base64(Buffer.from('ime,cena\nkruh,2\n'))))
    const pdf = writePdf([[{text: 'PDF v prilogi', y: 700}]])
    const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(60)])
    const {documents, errors} = await loadAll(
      'mapa/pismo.eml',
      mixed(
        part('text/html', 'inline', base64(Buffer.from('<h1>Naslov</h1><p>Besedilo</p>'))),
        part('application/pdf', 'attachment; filename="../x!/a.pdf"', base64(pdf)),
        part('text/plain', 'attachment; filename="a.txt"', base64(Buffer.from('prvo'))),
        part('text/plain', 'attachment; filename="a.txt"', base64(Buffer.from('drugo'))),
        part('image/png', 'inline; filename="logo.png"', base64(png)),
        part('application/zip', 'attachment; filename="b.zip"', base64(Buffer.from('PK\x03\x04 no archive'))),
        lines('Content-Type: message/rfc822', '', inner),
      ),
    )
    expect([...documents.keys()]).toEqual([
      'mapa/pismo.eml!.._x_a.pdf',
      'mapa/pismo.eml!a.txt',
      'mapa/pismo.eml!a (2).txt',
      'mapa/pismo.eml!message.eml!cene.csv',
      'mapa/pismo.eml!message.eml',
      'mapa/pismo.eml',
    ])
    expect(documents.get('mapa/pismo.eml!.._x_a.pdf')).toMatchObject({text: 'PDF v prilogi', pages: [{number: 1}]})
    expect(documents.get('mapa/pismo.eml!a (2).txt')!.text).toBe('drugo')
    expect(outline(documents.get('mapa/pismo.eml')!).slice(2)).toEqual([
      ['heading2', 'Naslov'],
      ['paragraph', 'Besedilo'],
    ])
    expect(errors).toEqual([['mapa/pismo.eml!b.zip', 'binary']])
  })

  test('messages in messages end somewhere', async () => {
    let nested = lines('From: a@example.si', 'Subject: dno', '', 'dno')
    for (let depth = 0; depth < 12; depth++) nested = mixed(lines('Content-Type: message/rfc822', '', nested))
    const {documents, errors} = await loadAll('a.eml', nested)
    expect(documents.size).toBe(9)
    expect(errors.map(([, reason]) => reason)).toEqual(['unsupported'])
  })

  test('encrypted ones and what is none are told', async () => {
    const encrypted = lines(
      'From: a@example.si',
      'Content-Type: multipart/encrypted; boundary=b',
      '',
      '--b',
      '',
      'x',
      '--b--',
    )
    await expect(loadAll('a.eml', encrypted)).rejects.toMatchObject({reason: 'encrypted'})
    await expect(loadAll('a.eml', 'no header at all')).rejects.toMatchObject({reason: 'corrupt'})
  })
})

describe('mailboxes', () => {
  const separator = 'From ana@example.si Sun Nov 22 10:00:00 2026'
  const mailbox = [
    separator,
    'From: ana@example.si',
    'Subject: Prvo',
    '',
    'From the beginning: no separator, and',
    '',
    'From here on neither.',
    '>From quoted',
    '>>From quoted twice',
    '',
    separator,
    'From: bor@example.si',
    'Subject: Drugo | dve',
    'Date: Sun, 22 Nov 2026 10:00:00 +0000',
    '',
    'besedilo',
    '',
    '',
  ].join('\n')

  test('each message is a document; the mailbox lists them', async () => {
    const {documents, errors} = await loadAll('pošta.mbox', mailbox)
    expect(errors).toEqual([])
    expect([...documents.keys()]).toEqual(['pošta.mbox!1', 'pošta.mbox!2', 'pošta.mbox'])
    expect(documents.get('pošta.mbox!1')!.text).toContain(
      'From the beginning: no separator, and\n\nFrom here on neither.\nFrom quoted\n\n>From quoted twice',
    )
    expect(outline(documents.get('pošta.mbox')!)).toEqual([
      ['row header', '| Number | Date | From | Subject |'],
      ['row', '| 1 |  | ana@example.si | Prvo |'],
      ['row', '| 2 | 2026-11-22T10:00:00.000Z | bor@example.si | Drugo \\| dve |'],
    ])
    expect((await loadBytes(Buffer.from(mailbox), {source: '-'})).mediaType).toBe('application/mbox')
  })

  test('a file is read message by message, the limit being that of a message', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'omni-mailbox-'))
    try {
      const path = join(directory, 'a.mbox')
      const large = `${separator}\nSubject: Veliko\n\n${'dolga vrstica\n'.repeat(3000)}\n`
      const content = mailbox + large + mailbox
      await writeFile(path, content)
      const {documents, errors} = await collect(loadMailboxFile(path, {source: 'a.mbox', limits: {maxBytes: 20_000}}))
      expect([...documents.keys()]).toEqual(['a.mbox!1', 'a.mbox!2', 'a.mbox!4', 'a.mbox!5', 'a.mbox'])
      expect(errors).toEqual([['a.mbox!3', 'too_large']])
      expect(documents.get('a.mbox')).toMatchObject({
        bytes: content.length,
        contentHash: contentHash(Buffer.from(content)),
        metadata: {messages: 5},
      })
    } finally {
      await rm(directory, {recursive: true})
    }
  })
})

describe('Outlook messages', () => {
  test('are read like those of the internet, with attachments', async () => {
    const bytes = writeMsg(
      {
        '001A': 'IPM.Note',
        '0037': 'Ponudba za žago',
        '0C1A': 'Ana Novak',
        '0C1F': 'ana@example.si',
        '1000': 'Cena je 300 EUR.',
      },
      {name: 'cenik.csv', bytes: Buffer.from('ime;cena\nžaga;300\n')},
    )
    const {documents, errors} = await loadAll('ponudba.msg', bytes)
    expect(errors).toEqual([])
    expect(documents.get('ponudba.msg!cenik.csv')!.mediaType).toBe('text/csv')
    const message = documents.get('ponudba.msg')!
    expect(message).toMatchObject({
      title: 'Ponudba za žago',
      mediaType: 'application/vnd.ms-outlook',
      metadata: {from: ['Ana Novak <ana@example.si>'], attachments: ['cenik.csv']},
    })
    expect(outline(message).at(-1)).toEqual(['paragraph', 'Cena je 300 EUR.'])
  })
})
