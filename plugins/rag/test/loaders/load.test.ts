import {execFileSync} from 'node:child_process'
import {appendFileSync} from 'node:fs'
import {chmod, mkdtemp, open, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {CancelledError} from '@omni-ops/core/operation'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import type {LoadLimits} from '../../src/loaders/limits.ts'
import {type ContentHint, loadBytes, loadFile} from '../../src/loaders/load.ts'
import {readSourceFile} from '../../src/loaders/read-file.ts'
import {expectSound, outline} from '../fixtures/document-outline.ts'
import {writePdf} from '../fixtures/write-pdf.ts'
import {paragraph, writeDocx, writeZip} from '../fixtures/write-zip.ts'

async function load(
  name: string,
  content: string | Uint8Array,
  options: {limits?: Partial<LoadLimits>; hint?: ContentHint} = {},
) {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  const document = await loadBytes(bytes, {source: name, hint: {name}, ...options})
  expectSound(document)
  return document
}

describe('Markdown', () => {
  test('blocks, with the text as it stands in the file', async () => {
    const content = [
      '# Najemna pogodba',
      '',
      'Prvi odstavek',
      'v dveh vrsticah.',
      '',
      '- ena',
      '- dve',
      '',
      '  še dve',
      '1. tri',
      '',
      '```sh',
      '# no heading',
      '',
      'omni',
      '```',
      '',
      '| a | b |',
      '|---|---|',
      '| 1 | 2 |',
      '',
      'Podčrtano',
      '---------',
      '    still a paragraph’s neighbour',
      '',
      '    code by indentation',
      '',
      '***',
      '> quoted',
      '',
    ].join('\r\n')
    const document = await load('pogodba.md', content)
    expect(document.text).toBe(content)
    expect(document.title).toBe('Najemna pogodba')
    const lines = outline(document).map(([kind, text]) => [kind, text.replaceAll('\r\n', '\n')])
    expect(lines).toEqual([
      ['heading1', '# Najemna pogodba'],
      ['paragraph', 'Prvi odstavek\nv dveh vrsticah.'],
      ['list', '- ena\n- dve\n\n  še dve\n1. tri'],
      ['code', '```sh\n# no heading\n\nomni\n```'],
      ['table', '| a | b |\n|---|---|\n| 1 | 2 |'],
      ['heading2', 'Podčrtano\n---------'],
      ['code', 'still a paragraph’s neighbour\n\n    code by indentation'],
      ['paragraph', '***'],
      ['paragraph', '> quoted'],
    ])
  })

  test('what looks like a heading or a list and is none', async () => {
    expect(outline(await load('a.md', '#hashtag\n\n####### seven\n\n-dash\n\n2026. was a year\nthat ended\n'))).toEqual(
      [
        ['paragraph', '#hashtag'],
        ['paragraph', '####### seven'],
        ['paragraph', '-dash'],
        ['list', '2026. was a year\nthat ended'],
      ],
    )
    expect(outline(await load('b.md', 'The year was\n1986. A good one.\n'))).toEqual([
      ['paragraph', 'The year was\n1986. A good one.'],
    ])
  })

  test('code within a list does not end it, and its headings are none', async () => {
    const content = '1. First\n\n   ```\n# comment\n\n- x\n   ```\n2. Second\n\nAfter\n'
    expect(outline(await load('a.md', content)).map(([kind]) => kind)).toEqual(['list', 'paragraph'])
  })

  test('front matter becomes metadata and stays to be found', async () => {
    const document = await load(
      'a.md',
      '---\ntitle: "Priročnik: uvod"\ntags: [najem, 2026]\nowner:\n  team: A\ndraft: false\nempty:\n---\n# Other\n',
    )
    expect(document.title).toBe('Priročnik: uvod')
    expect(document.metadata).toEqual({
      title: 'Priročnik: uvod',
      tags: ['najem', '2026'],
      'owner.team': 'A',
      draft: false,
    })
    expect(outline(document)[0]![0]).toBe('code')
  })

  test('broken or hostile front matter is no metadata, and no error', async () => {
    expect((await load('a.md', '---\ntitle: [unclosed\n---\ntext\n')).metadata).toEqual({})
    const bomb = `---\na: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
      .split('')
      .map((key, index) => `${key}: &${key} [${`*${'abcdefghi'[index]},`.repeat(9)}]`)
      .join('\n')}\n---\ntext\n`
    expect((await load('b.md', bomb)).text).toBe(bomb)
    expect((await load('c.md', '---\nno end\n\ntext\n')).metadata).toEqual({})
    expect((await load('d.md', '---\n__proto__:\n  polluted: yes\n---\ntext\n')).metadata).not.toHaveProperty(
      'polluted',
    )
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

describe('plain text', () => {
  test('paragraphs, lists, tables, underlined headings', async () => {
    const content = 'PRIROČNIK\n=========\n\nUvod\n----\n\nbesedilo\nteče\n- ena\n- dve\n\nx | y\n1 | 2\n'
    const document = await load('a.txt', content)
    expect(document.title).toBe('PRIROČNIK')
    expect(outline(document)).toEqual([
      ['heading1', 'PRIROČNIK\n========='],
      ['heading2', 'Uvod\n----'],
      ['paragraph', 'besedilo\nteče'],
      ['list', '- ena\n- dve'],
      ['table', 'x | y\n1 | 2'],
    ])
  })

  test('MediaWiki and AsciiDoc headings', async () => {
    expect(outline(await load('a.adoc', '= Title\n\n== Part\ntext\n')).map(([kind]) => kind)).toEqual([
      'heading1',
      'heading2',
      'paragraph',
    ])
    expect(outline(await load('a.txt', '== Part ==\ntext\n= = = Deep = = =\n')).map(([kind]) => kind)).toEqual([
      'heading2',
      'paragraph',
      'heading3',
    ])
  })
})

describe('HTML', () => {
  test('readable text with structure; boilerplate, scripts and hidden parts are left out', async () => {
    const document = await load(
      'a.html',
      `<!doctype html><html lang=sl><head><title>Najem &amp; cene</title><meta name="description" content="O najemu"><style>x{}</style></head>
       <body><header>Company</header><nav><ul><li>Home</ul></nav>
       <main><h1>Najemna <em>pogodba</em></h1>
       <p>Prvi   odstavek &ndash; <b>krepko</b><br>nova vrstica. <script>evil()</script></p>
       <ul><li>ena<li><p>dve</p><ol><li>a</ol></ul>
       <table><caption>Cenik</caption><tr><th>Ime<th>Cena<tr><td>A|B<td>12&nbsp;€</table>
       <pre><code>def f():\n    return 1 &lt; 2</code></pre><div hidden>skrito</div><p style="display: none">tudi</p>
       </main><aside>Ad</aside><footer>© Company</footer></body></html>`,
    )
    expect(document.title).toBe('Najem & cene')
    expect(document.metadata).toEqual({language: 'sl', description: 'O najemu'})
    expect(outline(document)).toEqual([
      ['heading1', 'Najemna pogodba'],
      ['paragraph', 'Prvi odstavek – krepko\nnova vrstica.'],
      ['list', '- ena\n- dve\n  1. a'],
      ['paragraph', 'Cenik'],
      ['table', '| Ime | Cena |\n| --- | --- |\n| A\\|B | 12 € |'],
      ['code', 'def f():\n    return 1 < 2'],
    ])
  })

  test('a page laid out with tables is read as if there were none', async () => {
    const document = await load(
      'a.html',
      '<table><tr><td><h2>Menu</h2>left<td><p>right<table><tr><td>1<td>2</table></table>after',
    )
    expect(outline(document)).toEqual([
      ['heading2', 'Menu'],
      ['paragraph', 'left'],
      ['paragraph', 'right'],
      ['table', '| 1 | 2 |'],
      ['paragraph', 'after'],
    ])
  })

  test('a listing with line numbers is code; code in a list stays in it', async () => {
    const listing =
      '<table><tr><td><pre>1\n2</pre><td><pre>a =  1\nb = 2</pre></table><ol><li>Run<pre>x\n  y</pre></ol>'
    expect(outline(await load('a.html', listing))).toEqual([
      ['code', 'a =  1\nb = 2'],
      ['list', '1. Run\n  x\n    y'],
    ])
  })

  test('broken markup still gives its text', async () => {
    const {text} = await load('a.html', '</div><p>a<p>b<b>c <i>d</b> e</i></table><li>f<td>g<h1>unclosed')
    for (const letter of 'abcdefg') expect(text).toContain(letter)
    expect(text).toContain('unclosed')
  })

  test('the declared encoding counts', async () => {
    const bytes = Buffer.from([...Buffer.from('<meta charset="iso-8859-2"><p>'), 0xb9, 0xe8, 0xbe])
    expect((await load('a.html', bytes)).text).toBe('ščž')
  })

  test('nesting made to harm is refused; a deep stack of end tags ends', async () => {
    await expect(load('a.html', '<div>'.repeat(200_000))).rejects.toMatchObject({reason: 'corrupt'})
    const {text} = await load('b.html', `${'<i>'.repeat(900)}x${'</b>'.repeat(300_000)}`)
    expect(text).toBe('x')
    const many = await load('c.html', `<ul>${'<li><p>x</p>'.repeat(50_000)}</ul>`)
    expect(many.blocks).toHaveLength(1)
  })
})

const page = (text: string, y = 700) => [{text, y}]

describe('PDF', () => {
  test('text by page, with paragraphs by distance and headings by size', async () => {
    const bytes = writePdf(
      [
        [
          {text: 'Lease agreement', size: 20, y: 780},
          {text: 'The tenant pays the rent by the', y: 740},
          {text: 'fifth of each month (in euros).', y: 726},
          {text: 'Repairs are paid by the owner.', y: 690},
          {text: 'Who calls first, pays less.', y: 676},
        ],
        [],
        page('Na tretji strani \x9aa \x9eivi'),
      ],
      {title: 'Lease'},
    )
    const document = await load('lease.pdf', bytes)
    expect(document).toMatchObject({title: 'Lease', mediaType: 'application/pdf', bytes: bytes.length})
    expect(outline(document)).toEqual([
      ['heading1', 'Lease agreement'],
      ['paragraph', 'The tenant pays the rent by the\nfifth of each month (in euros).'],
      ['paragraph', 'Repairs are paid by the owner.\nWho calls first, pays less.'],
      ['paragraph', 'Na tretji strani ša živi'],
    ])
    const third = document.pages![2]!
    expect(document.text.slice(third.start, third.end)).toBe('Na tretji strani ša živi')
    expect(document.pages![1]).toMatchObject({start: document.pages![0]!.end, end: document.pages![0]!.end})
  })

  test('what cannot be read says why', async () => {
    const sound = writePdf([page('text'), page('more')])
    await expect(load('a.pdf', writePdf([page('x')], {encrypted: true}))).rejects.toMatchObject({reason: 'encrypted'})
    await expect(load('a.pdf', sound.slice(0, 200))).rejects.toMatchObject({reason: 'corrupt'})
    await expect(load('a.pdf', `%PDF-1.7\n${'garbage '.repeat(200)}`)).rejects.toMatchObject({reason: 'corrupt'})
    await expect(load('a.pdf', new Uint8Array(5000))).rejects.toMatchObject({reason: 'corrupt'})
    await expect(load('scan.pdf', writePdf([[], []]))).rejects.toMatchObject({
      reason: 'empty',
      hint: expect.stringContaining('OCR'),
    })
  })

  test('a PDF whose table of objects is damaged is still read', async () => {
    const damaged = Buffer.from(
      Buffer.from(writePdf([page('still here')]))
        .toString('latin1')
        .replace(/startxref\n\d+/, 'startxref\n99999'),
      'latin1',
    )
    expect((await load('a.pdf', damaged)).text).toBe('still here')
  })

  test('the caller’s bytes stay as they are, and limits hold', async () => {
    const bytes = writePdf(Array.from({length: 20}, () => page('x'.repeat(60))))
    const before = Buffer.from(bytes).toString('latin1')
    await load('a.pdf', bytes)
    expect(Buffer.from(bytes).toString('latin1')).toBe(before)
    await expect(load('a.pdf', bytes, {limits: {maxMilliseconds: 0}})).rejects.toMatchObject({reason: 'timeout'})
    await expect(load('a.pdf', bytes, {limits: {maxCharacters: 100}})).rejects.toMatchObject({reason: 'too_large'})
    await expect(load('a.pdf', bytes, {limits: {maxBytes: 100}})).rejects.toMatchObject({reason: 'too_large'})
  })
})

describe('DOCX', () => {
  test('headings, paragraphs, tables', async () => {
    const cell = (text: string) => `<w:tc>${paragraph(text)}</w:tc>`
    const body = [
      paragraph('Najemna pogodba', 'Heading1'),
      paragraph('Najemnik plača do petega &amp; brez zamude.'),
      paragraph('Cene', 'Heading2'),
      `<w:tbl><w:tr>${cell('stvar')}${cell('cena')}</w:tr><w:tr>${cell('soba')}${cell('300 €')}</w:tr></w:tbl>`,
    ].join('')
    const document = await load('pogodba.docx', writeDocx(body))
    expect(document.title).toBe('Najemna pogodba')
    expect(outline(document)).toEqual([
      ['heading1', 'Najemna pogodba'],
      ['paragraph', 'Najemnik plača do petega & brez zamude.'],
      ['heading2', 'Cene'],
      ['table', '| stvar | cena |\n| soba | 300 € |'],
    ])
  })

  test('an archive that unpacks to more than the limit is refused, whatever size it claims', async () => {
    const bomb = Buffer.alloc(400_000_000, 0x20)
    const bytes = writeDocx('', {content: bomb, claimedSize: 1000})
    expect(bytes.length).toBeLessThan(1_000_000)
    await expect(load('bomb.docx', bytes)).rejects.toMatchObject({reason: 'too_large'})
  })

  test('damaged, foreign and encrypted archives', async () => {
    const sound = writeDocx(paragraph('text'))
    await expect(load('a.docx', sound.slice(0, 900))).rejects.toMatchObject({reason: 'corrupt'})
    await expect(load('a.docx', writeDocx('<w:p><unclosed'))).rejects.toMatchObject({reason: 'corrupt'})
    const flipped = Uint8Array.from(sound, (byte, index) => (index > 600 && index < 640 ? byte ^ 0xff : byte))
    await expect(load('a.docx', flipped)).rejects.toMatchObject({reason: 'corrupt'})
    await expect(load('a.xlsb', writeZip([{name: 'xl/workbook.bin', content: ''}]))).rejects.toMatchObject({
      reason: 'unsupported',
    })
    await expect(load('a.docx', writeZip([{name: 'readme.txt', content: 'x'}]))).rejects.toMatchObject({
      reason: 'binary',
    })
    const compound = Buffer.concat([
      Buffer.from('d0cf11e0a1b11ae1', 'hex'),
      Buffer.alloc(512),
      Buffer.from('EncryptedPackage', 'utf16le'),
    ])
    await expect(load('a.docx', compound)).rejects.toMatchObject({reason: 'encrypted'})
    await expect(load('a.doc', compound.subarray(0, 512))).rejects.toMatchObject({reason: 'unsupported'})
  })
})

describe('CSV', () => {
  test.each([
    ['commas', 'ime,cena\n"Novak, Jože",12\n"dve\nvrstici",13\n', 'a.csv'],
    ['semicolons', 'ime;cena\n"Novak; ""J""";12,5\n"dve\nvrstici";13\n', 'a.csv'],
    ['tabs', 'ime\tcena\nNovak, Jože\t12\ndve, vrstici\t13\n', 'a.tsv'],
    ['tabs in a .csv', 'ime\tcena\nNovak\t12\nDva\t13\n', 'b.csv'],
    ['CR LF', 'ime,cena\r\nNovak,12\r\n\r\nDva,13\r\n', 'c.csv'],
  ])('%s: a block for each record, the header marked', async (_, content, name) => {
    const document = await load(name, content)
    expect(document.text).toBe(content)
    const kinds = outline(document).map(([kind]) => kind)
    expect(kinds).toEqual(['row header', 'row', 'row'])
  })

  test('data without a header has none', async () => {
    expect(outline(await load('a.csv', '2026-01-01,12\n2026-01-02,13\n')).map(([kind]) => kind)).toEqual(['row', 'row'])
  })

  test('a quote that is never closed does not swallow the file', async () => {
    expect(outline(await load('a.csv', 'a,b\n"x,1\ny,2\n'))).toEqual([
      ['row', 'a,b'],
      ['row', '"x,1'],
      ['row', 'y,2'],
    ])
  })
})

describe('JSON', () => {
  test('each record of a long list is a block, as it stands in the file', async () => {
    const records = Array.from({length: 40}, (_, index) => ({id: index, text: `besedilo, [${index}] \\"}`.repeat(8)}))
    const content = JSON.stringify({name: 'export', records}, null, 2)
    const document = await load('a.json', content)
    expect(document.title).toBe('export')
    expect(document.blocks).toHaveLength(40)
    for (const [index, record] of records.entries()) {
      const own = JSON.stringify(record, null, 2).replace(/\n/g, '\n    ')
      expect(outline(document)[index]![1]).toContain(own)
      if (index > 0 && index < 39) expect(outline(document)[index]![1]).toBe(`${own},`)
    }
  })

  test('what is cut off or nested without end is still text', async () => {
    expect((await load('a.json', '{"a": [1, 2, {"b": "unclosed')).blocks).toHaveLength(1)
    expect((await load('b.json', '['.repeat(1_000_000))).blocks).toHaveLength(1)
    expect((await load('c.json', `[${'1,'.repeat(100_000)}1]`)).blocks.length).toBeGreaterThan(1000)
  })

  test('JSON Lines', async () => {
    expect(outline(await load('a.jsonl', '{"a":1}\n\n{"b":2}\r\n'))).toEqual([
      ['row', '{"a":1}'],
      ['row', '{"b":2}'],
    ])
  })
})

test('source code: a block for each definition with the comment above it', async () => {
  const content =
    'import os\n\n# Doubles.\n@cached\ndef double(x):\n    y = x\n\n    return y * 2\n\n\nclass A:\n    pass\n'
  const document = await load('a.py', content)
  expect(document).toMatchObject({mediaType: 'text/x-python', text: content})
  expect(outline(document).map(([, text]) => text.split('\n')[0])).toEqual(['import os', '# Doubles.', 'class A:'])
})

describe('encodings', () => {
  const sentence =
    'Uporabnik mora pred začetkom dela preveriti, ali so vse nastavitve v redu. Štirje možje živijo v hiši.'
  const central: Record<string, number> = {č: 0xe8, š: 0x9a, ž: 0x9e, Š: 0x8a, Č: 0xc8, Ž: 0x8e}
  const latin2: Record<string, number> = {č: 0xe8, š: 0xb9, ž: 0xbe, Š: 0xa9, Č: 0xc8, Ž: 0xae}
  const encode = (text: string, table: Record<string, number>): Uint8Array =>
    Uint8Array.from(text, letter => table[letter] ?? letter.charCodeAt(0))

  test.each([
    ['UTF-8', Buffer.from(sentence)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${sentence}`)],
    ['UTF-16 LE with a mark', Buffer.from(`\ufeff${sentence}`, 'utf16le')],
    ['UTF-16 BE with a mark', Buffer.from(`\ufeff${sentence}`, 'utf16le').swap16()],
    ['UTF-16 LE without a mark', Buffer.from(sentence, 'utf16le')],
    ['UTF-16 BE without a mark', Buffer.from(sentence, 'utf16le').swap16()],
    ['UTF-32 LE with a mark', utf32(`\ufeff${sentence}`, true)],
    ['UTF-32 BE with a mark', utf32(`\ufeff${sentence}`, false)],
    ['windows-1250', encode(sentence, central)],
    ['ISO 8859-2', encode(sentence, latin2)],
  ])('Slovenian in %s', async (_, bytes) => {
    expect((await load('a.txt', bytes)).text).toBe(sentence)
  })

  test('a zero in a text that is extracted becomes damage in text and title, at its place', async () => {
    const mail = [
      'Subject: =?utf-8?Q?a=00b?=',
      'From: ana@example.com',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      'Zero =00 here.',
    ].join('\r\n')
    const {title, text} = await load('a.eml', Buffer.from(mail))
    expect(title).toBe('a\uFFFDb')
    expect(text).toContain('Zero \uFFFD here.')
    expect(text).not.toContain('\0')
  })

  test('what is no character in UTF-32 is shown as damage', async () => {
    const bytes = Buffer.concat([
      utf32('\ufeffa', true),
      Buffer.from('00d80000', 'hex'),
      Buffer.from('00001100', 'hex'),
    ])
    expect((await load('a.txt', bytes)).text).toBe('a\uFFFD\uFFFD')
  })

  test.each([
    ['French', 'Le père de mon frère a été très fier de sa mère à Genève.'],
    ['Italian', 'Perché la città è così bella? Più tardi andrò là.'],
    ['Spanish', '¿Cuándo puede el señor pagar el año? ¡Qué corazón!'],
    ['Swedish', 'Hyresgästen måste betala hyran före månadens slut.'],
    ['German', 'Die Kündigungsfrist beträgt für Mieter grundsätzlich drei Monate.'],
  ])('%s in windows-1252', async (_, text) => {
    expect((await load('a.txt', Buffer.from(text, 'latin1'))).text).toBe(text)
  })

  test('English with Slovenian names in windows-1250', async () => {
    const text = 'Meeting with Ms. Šuštaršič and Mr. Žagar about the budget for next year'
    expect((await load('a.txt', encode(text, central))).text).toBe(text)
  })

  test('a damaged byte does not turn UTF-8 into something else', async () => {
    const bytes = Buffer.concat([Buffer.from(sentence.repeat(5)), Buffer.from([0xff, 0x20]), Buffer.from(sentence)])
    expect((await load('a.txt', bytes)).text).toBe(`${sentence.repeat(5)}\ufffd ${sentence}`)
  })

  test('lines of old Macs are lines', async () => {
    expect(outline(await load('a.md', '# A\rtext\r\rmore\r'))).toEqual([
      ['heading1', '# A'],
      ['paragraph', 'text'],
      ['paragraph', 'more'],
    ])
  })
})

describe('formats', () => {
  test('what the bytes prove goes before the name', async () => {
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
    await expect(load('readme.md', png)).rejects.toMatchObject({reason: 'binary', message: 'is a PNG image'})
    expect(await load('a.txt', writePdf([page('text')]))).toMatchObject({mediaType: 'application/pdf'})
    await expect(load('a.txt', Buffer.from([0x61, 0x00, 0x62, 0x01, 0x63, 0x00, 0x00]))).rejects.toMatchObject({
      reason: 'binary',
    })
    await expect(load('a', Buffer.from('7f454c4602010100', 'hex'))).rejects.toMatchObject({
      reason: 'binary',
      message: 'is an ELF program',
    })
    expect(await load('BZh.txt', 'BZhanje is no archive')).toMatchObject({mediaType: 'text/plain'})
    expect(await load('about-pdf.md', '# Magic\n\nA PDF begins with %PDF-1.4 in its first line.')).toMatchObject({
      mediaType: 'text/markdown',
    })
  })

  test.each([
    ['# Title\n\n- a\n- b\n', 'text/markdown'],
    ['---\ntitle: x\n---\ntext\n', 'text/markdown'],
    ['<!DOCTYPE html><p>text', 'text/html'],
    ['{"a": 1}', 'application/json'],
    ['[\n  {"a": 1}\n]', 'application/json'],
    ['{"a": 1}\n{"a": 2}\n', 'application/jsonl'],
    ['#!/bin/sh\necho x\n', 'text/x-shellscript'],
    ['{curly} words\n', 'text/plain'],
    ['Just words, # 1 of them.\n', 'text/plain'],
  ])('stdin is known by its content: %j', async (content, mediaType) => {
    expect(await loadBytes(Buffer.from(content), {source: '-'})).toMatchObject({source: '-', mediaType})
  })

  test('nothing in it', async () => {
    await expect(load('a.md', '')).rejects.toMatchObject({reason: 'empty'})
    await expect(load('a.md', ' \n\t\r\n\ufeff')).rejects.toMatchObject({reason: 'empty'})
    await expect(load('a.html', '<script>x()</script>')).rejects.toMatchObject({reason: 'empty'})
  })

  test('the hash is that of the raw bytes', async () => {
    const document = await load('a.txt', '\ufeffabc')
    expect(document.contentHash).toBe('1c28dc3f1f804a1ad9c9b4b4cf5e2658d16ad4ed08e3020d04a8d2865018947c')
    expect(document.bytes).toBe(6)
  })

  test('cancelling', async () => {
    await expect(loadBytes(Buffer.from('x'), {source: 'a', signal: AbortSignal.abort()})).rejects.toThrow(
      CancelledError,
    )
  })
})

describe('files', () => {
  let directory: string

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'omni-load-'))
  })

  afterEach(async () => {
    await rm(directory, {recursive: true, force: true})
  })

  test('a file is loaded under the name it is given', async () => {
    const file = path.join(directory, 'a.md')
    await writeFile(file, '# A\n')
    expect(await loadFile(file, {source: 'docs/a.md'})).toMatchObject({source: 'docs/a.md', title: 'A', bytes: 4})
  })

  test('two gigabytes are refused without being read', async () => {
    const file = path.join(directory, 'huge.md')
    const handle = await open(file, 'w')
    await handle.truncate(2 ** 31)
    await handle.close()
    await expect(loadFile(file, {source: 'huge.md'})).rejects.toMatchObject({
      reason: 'too_large',
      message: 'is larger than 50 MB',
    })
  })

  test('what is missing, a directory, or no regular file', async () => {
    await expect(loadFile(path.join(directory, 'none'), {source: 'none'})).rejects.toMatchObject({reason: 'not_found'})
    await expect(loadFile(directory, {source: '.'})).rejects.toMatchObject({reason: 'unreadable'})
  })

  test.skipIf(process.platform === 'win32')('a FIFO is refused without waiting for a writer', async () => {
    execFileSync('mkfifo', [path.join(directory, 'pipe')])
    await expect(loadFile(path.join(directory, 'pipe'), {source: 'pipe'})).rejects.toMatchObject({
      reason: 'unreadable',
      message: 'is no regular file',
    })
    await expect(loadFile('/dev/zero', {source: 'zero'})).rejects.toMatchObject({reason: 'unreadable'})
  })

  test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('permission denied', async () => {
    const file = path.join(directory, 'closed.md')
    await writeFile(file, 'x')
    await chmod(file, 0)
    await expect(loadFile(file, {source: 'closed.md'})).rejects.toMatchObject({
      reason: 'unreadable',
      message: expect.stringContaining('permission denied'),
    })
  })

  /** A signal that is asked between the parts of a reading, and does something when it is. */
  function whileReading(act: () => void): AbortSignal {
    const {signal} = new AbortController()
    Object.defineProperty(signal, 'aborted', {
      get: () => {
        act()
        return false
      },
    })
    return signal
  }

  test('a file that changes once while it is read is read again', async () => {
    const file = path.join(directory, 'log.txt')
    await writeFile(file, 'one\n')
    let appended = false
    const signal = whileReading(() => {
      if (!appended) appendFileSync(file, 'two\n')
      appended = true
    })
    expect(Buffer.from(await readSourceFile(file, {source: 'log.txt', signal})).toString()).toBe('one\ntwo\n')
  })

  test('a file that never rests is reported', async () => {
    const file = path.join(directory, 'log.txt')
    await writeFile(file, 'one\n')
    // Once in each reading: the second call is the one that finds the end.
    let calls = 0
    const signal = whileReading(() => {
      if (calls++ % 2 === 0) appendFileSync(file, 'more\n')
    })
    await expect(readSourceFile(file, {source: 'log.txt', signal})).rejects.toMatchObject({reason: 'changed'})
  })

  test('a file that grows above the limit while it is read is not read on', async () => {
    const file = path.join(directory, 'log.txt')
    await writeFile(file, 'x')
    const signal = whileReading(() => appendFileSync(file, 'x'.repeat(1000)))
    await expect(readSourceFile(file, {source: 'log.txt', signal, limits: {maxBytes: 5000}})).rejects.toMatchObject({
      reason: 'too_large',
    })
  })
})

function utf32(text: string, littleEndian: boolean): Buffer {
  const codes = [...text].map(character => character.codePointAt(0)!)
  const view = new DataView(new ArrayBuffer(codes.length * 4))
  codes.forEach((code, index) => view.setUint32(index * 4, code, littleEndian))
  return Buffer.from(view.buffer)
}
