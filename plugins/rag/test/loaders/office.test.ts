import {describe, expect, test} from 'vitest'
import {chunkDocument} from '../../src/chunking/chunker.ts'
import {loadBytes} from '../../src/loaders/load.ts'
import {expectSound, outline, pageTexts} from '../fixtures/document-outline.ts'
import {
  shape,
  slideTable,
  textCell,
  writeEpub,
  writeOpenDocument,
  writePptx,
  writeXlsx,
} from '../fixtures/write-office.ts'
import {writeZip} from '../fixtures/write-zip.ts'

async function load(name: string, bytes: Uint8Array) {
  const document = await loadBytes(bytes, {source: name, hint: {name}})
  expectSound(document)
  return document
}

describe('PPTX', () => {
  const slides = [
    {
      shapes:
        shape(['Prva alineja', 'Druga alineja'], 'body') + shape(['Letni načrt'], 'title') + shape(['7'], 'sldNum'),
      notes: shape(['Povej o &lt;dobičku&gt;.'], 'body') + shape(['1'], 'sldNum'),
    },
    {shapes: ''},
    {
      shapes:
        shape(['Stroški'], 'ctrTitle') +
        slideTable([
          ['Leto', 'EUR'],
          ['2026', '12 | 13'],
        ]) +
        shape(['Prosto besedilo']),
    },
  ]

  test('slides in the order of the show are pages; titles, lists, tables and notes', async () => {
    const document = await load('nacrt.pptx', writePptx(slides, 'Načrt 2026'))
    expect(document).toMatchObject({title: 'Načrt 2026', metadata: {author: 'Ana Novak'}})
    expect(document.mediaType).toContain('presentationml')
    expect(outline(document)).toEqual([
      ['heading1', 'Letni načrt'],
      ['list', '- Prva alineja\n- Druga alineja'],
      ['heading2', 'Notes'],
      ['paragraph', 'Povej o <dobičku>.'],
      ['heading1', 'Stroški'],
      ['table', '| Leto | EUR |\n| --- | --- |\n| 2026 | 12 \\| 13 |'],
      ['paragraph', 'Prosto besedilo'],
    ])
    expect(pageTexts(document).map(text => text.split('\n')[0])).toEqual(['Letni načrt', '', 'Stroški'])
    expect(chunkDocument(document, {targetTokens: 16}).find(({text}) => text.includes('Prosto'))?.page).toBe(3)
  })

  test('a presentation without a title of its own has that of its first slide', async () => {
    expect((await load('a.pptx', writePptx(slides, 'PowerPoint Presentation'))).title).toBe('Letni načrt')
  })

  test('only pictures is no text', async () => {
    await expect(load('a.pptx', writePptx([{shapes: ''}]))).rejects.toMatchObject({reason: 'empty'})
  })

  test('a slide that is missing is told', async () => {
    const broken = writeZip([
      {
        name: 'ppt/presentation.xml',
        content:
          '<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst><p:sldId r:id="r1"/></p:sldIdLst></p:presentation>',
      },
    ])
    await expect(load('a.pptx', broken)).rejects.toMatchObject({reason: 'corrupt'})
  })
})

describe('XLSX', () => {
  test('sheets are pages, the header is marked, numbers and dates are as shown', async () => {
    const bytes = writeXlsx(
      [
        {
          name: 'Plače',
          rows:
            `<row r="1">${textCell('A1', 'Plače po oddelkih')}</row>` +
            `<row r="2"><c r="A2" t="s"><v>0</v></c>${textCell('B2', 'Znesek')}${textCell('C2', 'Delež')}${textCell('D2', 'Od')}</row>` +
            `<row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3" s="1"><v>1234.5</v></c><c r="C3" s="2"><v>0.125</v></c><c r="D3" s="3"><v>46023</v></c></row>` +
            `<row r="4">${textCell('A4', 'A|B')}<c r="B4"><f>SUM(B3)</f><v>0.30000000000000004</v></c><c r="C4" t="e"><v>#N/A</v></c><c r="D4" t="b"><v>1</v></c></row>` +
            `<row r="5"><c r="A5" t="str"><f>A3</f><v>Razvoj</v></c><c r="B5"><f>NOW()</f></c></row>`,
        },
        {name: 'Prazen', rows: ''},
        {name: 'Daleč', rows: `<row r="1048576">${textCell('XFD1048576', 'na koncu')}</row>`},
      ],
      {
        strings: ['<t>Oddelek</t>', '<r><t>Raz</t></r><r><t>voj</t></r><rPh sb="0" eb="1"><t>hidden</t></rPh>'],
        formats: [4, 10, 14],
        title: 'Plače 2026',
      },
    )
    const document = await load('place.xlsx', bytes)
    expect(document.title).toBe('Plače 2026')
    expect(outline(document)).toEqual([
      ['heading1', 'Plače'],
      ['paragraph', 'Plače po oddelkih'],
      ['row header', '| Oddelek | Znesek | Delež | Od |'],
      ['row', '| Razvoj | 1,234.50 | 12.50% | 2026-01-01 |'],
      ['row', '| A\\|B | 0.3 | #N/A | TRUE |'],
      ['row', '| Razvoj | =NOW() |  |  |'],
      ['heading1', 'Daleč'],
      ['paragraph', 'na koncu'],
    ])
    expect(pageTexts(document).map(text => text.split('\n')[0])).toEqual(['Plače', '', 'Daleč'])
  })

  test('every chunk of a long table knows its header; a second table has its own', async () => {
    const row = (number: number): string =>
      `<row r="${number}">${textCell(`B${number}`, `Postavka ${number}`)}<c r="D${number}"><v>${number}</v></c></row>`
    const header = (number: number, name: string): string =>
      `<row r="${number}">${textCell(`B${number}`, name)}${textCell(`D${number}`, 'Količina')}</row>`
    const numbers = Array.from({length: 300}, (_, index) => index + 2)
    const rows = header(1, 'Naziv') + numbers.map(row).join('') + header(400, 'Blago') + row(401) + row(402)
    const document = await load('a.xlsx', writeXlsx([{name: 'S', rows}]))
    const chunks = chunkDocument(document)
    expect(chunks.length).toBeGreaterThan(4)
    for (const chunk of chunks.slice(1)) {
      const [first] = /Postavka (\d+)/.exec(chunk.text)?.slice(1) ?? []
      if (Number(first) > 400 || chunk.text.startsWith('| Blago')) continue
      expect(chunk.tableHeader).toBe('| Naziv | Količina |')
    }
    expect(
      outline(document)
        .filter(([kind]) => kind === 'row header')
        .map(([, text]) => text),
    ).toEqual(['| Naziv | Količina |', '| Blago | Količina |'])
  })

  test('a merged cell stands in each row it reaches over, and only there', async () => {
    const rows =
      `<row r="1">${textCell('A1', 'Regija')}${textCell('B1', 'Mesto')}</row>` +
      `<row r="2">${textCell('A2', 'Primorska')}${textCell('B2', 'Koper')}</row>` +
      `<row r="3">${textCell('B3', 'Piran')}</row>`
    const after = '<mergeCells><mergeCell ref="A2:A900000"/></mergeCells>'
    expect(outline(await load('a.xlsx', writeXlsx([{name: 'S', rows, after}]))).slice(1)).toEqual([
      ['row header', '| Regija | Mesto |'],
      ['row', '| Primorska | Koper |'],
      ['row', '| Primorska | Piran |'],
    ])
  })

  test('custom formats, and dates counted from 1904', async () => {
    const rows = '<row r="1"><c r="A1" s="1"><v>44561</v></c><c r="B1" s="2"><v>-3</v></c></row>'
    const bytes = writeXlsx([{name: 'S', rows}], {formats: ['d. m. yyyy', '0&quot; kg&quot;'], dates1904: true})
    expect(outline(await load('a.xlsx', bytes)).at(-1)).toEqual(['row', '| 1. 1. 2026 | -3 kg |'])
  })
})

describe('OpenDocument', () => {
  test('a text: headings, lists, tables, footnotes; no struck-out drafts', async () => {
    const body =
      '<text:tracked-changes><text:changed-region><text:p>izbrisano</text:p></text:changed-region></text:tracked-changes>' +
      '<text:h text:outline-level="2">Odpovedni rok</text:h>' +
      '<text:p>Rok je<text:s text:c="2"/>30 dni<text:note><text:note-body><text:p>Razen v poskusni dobi.</text:p></text:note-body></text:note>.\n  Nato<text:line-break/>konec.</text:p>' +
      '<text:list><text:list-item><text:p>ena</text:p><text:list><text:list-item><text:p>dve</text:p></text:list-item></text:list></text:list-item></text:list>' +
      '<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Leto</text:p></table:table-cell><table:table-cell><text:p>Dni</text:p></table:table-cell></table:table-row></table:table-header-rows>' +
      '<table:table-row><table:table-cell><text:p>1</text:p></table:table-cell><table:table-cell><text:p>15</text:p></table:table-cell></table:table-row></table:table>'
    const document = await load('pravilnik.odt', writeOpenDocument('text', body))
    expect(document).toMatchObject({title: 'Pravilnik', metadata: {author: 'Ana Novak'}})
    expect(outline(document)).toEqual([
      ['heading2', 'Odpovedni rok'],
      ['paragraph', 'Rok je  30 dni. Nato\nkonec.'],
      ['list', '- ena\n  - dve'],
      ['table', '| Leto | Dni |\n| --- | --- |\n| 1 | 15 |'],
      ['paragraph', 'Razen v poskusni dobi.'],
    ])
  })

  test('a presentation has pages, a spreadsheet too, and what is repeated to the end of the sheet takes no room', async () => {
    const slide = (text: string): string =>
      `<draw:page><draw:frame><draw:text-box><text:p>${text}</text:p></draw:text-box></draw:frame><presentation:notes><text:p>opomba ${text}</text:p></presentation:notes></draw:page>`
    const show = await load('a.odp', writeOpenDocument('presentation', slide('prva') + slide('druga')))
    expect(pageTexts(show)).toEqual(['prva\n\nNotes\n\nopomba prva', 'druga\n\nNotes\n\nopomba druga'])

    const cell = (text: string, repeated = 1): string =>
      `<table:table-cell table:number-columns-repeated="${repeated}"><text:p>${text}</text:p></table:table-cell>`
    const rest =
      '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    const sheet =
      `<table:table table:name="Popis"><table:table-row>${cell('Ime')}${cell('Kos')}</table:table-row>` +
      `<table:table-row table:number-rows-repeated="2">${cell('x', 2)}</table:table-row>${rest}</table:table>`
    expect(outline(await load('a.ods', writeOpenDocument('spreadsheet', sheet)))).toEqual([
      ['heading1', 'Popis'],
      ['row header', '| Ime | Kos |'],
      ['row', '| x | x |'],
      ['row', '| x | x |'],
    ])
  })

  test('an encrypted one is told', async () => {
    const manifest =
      '<manifest:manifest xmlns:manifest="m"><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>'
    const bytes = writeOpenDocument('text', '', [{name: 'META-INF/manifest.xml', content: manifest}])
    await expect(load('a.odt', bytes)).rejects.toMatchObject({reason: 'encrypted'})
  })
})

describe('EPUB', () => {
  test('chapters in reading order are pages', async () => {
    const document = await load(
      'knjiga.epub',
      writeEpub([
        '<h1>Jablana</h1><p>Obrezujemo <b>pozimi</b>.</p>',
        '<h1>Hruška</h1><table><tr><th>Sorta</th><th>Mesec</th></tr><tr><td>Viljamovka</td><td>8</td></tr></table>',
      ]),
    )
    expect(document).toMatchObject({title: 'Sadovnjak', metadata: {author: 'Ana Novak', language: 'sl'}})
    expect(pageTexts(document)).toEqual([
      'Jablana\n\nObrezujemo pozimi.',
      'Hruška\n\n| Sorta | Mesec |\n| --- | --- |\n| Viljamovka | 8 |',
    ])
  })

  test('copy protection is told; scrambled fonts are none', async () => {
    const encryption = (algorithm: string): {name: string; content: string} => ({
      name: 'META-INF/encryption.xml',
      content: `<encryption><enc:EncryptedData xmlns:enc="e"><enc:EncryptionMethod Algorithm="${algorithm}"/></enc:EncryptedData></encryption>`,
    })
    const drm = writeEpub(['<p>x</p>'], [encryption('http://www.w3.org/2001/04/xmlenc#aes128-cbc')])
    await expect(load('a.epub', drm)).rejects.toMatchObject({reason: 'encrypted'})
    const font = writeEpub(['<p>x</p>'], [encryption('http://www.idpf.org/2008/embedding')])
    expect((await load('a.epub', font)).text).toBe('x')
  })
})

describe('RTF', () => {
  const rtf = (body: string): Uint8Array =>
    Buffer.from(
      `{\\rtf1\\ansi\\ansicpg1250\\uc1{\\fonttbl{\\f0\\fcharset238 Arial;}{\\f1\\fcharset204 Times;}}{\\info{\\title Pogodba}{\\author Ana}}${body}}`,
      'latin1',
    )

  test('paragraphs, headings, characters in code pages and in Unicode, tables', async () => {
    const body =
      "{\\header glava}\\pard\\outlinelevel0 Najem\\par\\pard \\'c8lov\\'9aak {\\b krepko}, \\u382?iv {\\v skrito}{\\f1\\'c4\\'e0}.\\line konec\\par" +
      '{\\*\\bkmkstart x}\\trowd\\intbl Ime\\cell Dni\\cell\\row\\trowd\\intbl Ana\\cell 5\\cell\\row\\pard po tabeli\\par'
    const document = await load('a.rtf', rtf(body))
    expect(document).toMatchObject({title: 'Pogodba', mediaType: 'application/rtf', metadata: {author: 'Ana'}})
    expect(outline(document)).toEqual([
      ['heading1', 'Najem'],
      ['paragraph', 'Človšak krepko, živ Да.\nkonec'],
      ['table', '| Ime | Dni |\n| Ana | 5 |'],
      ['paragraph', 'po tabeli'],
    ])
  })

  test('one that is cut off is told', async () => {
    const whole = rtf('\\pard besedilo\\par')
    await expect(load('a.rtf', whole.subarray(0, -3))).rejects.toMatchObject({reason: 'corrupt'})
  })

  test('binary data is stepped over', async () => {
    expect((await load('a.rtf', rtf('a{\\pict\\bin4 {{{{}b\\par'))).text).toBe('ab')
  })
})

describe('pictures', () => {
  const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(100)])

  test('are refused where no text recognition is there, and read where it is', async () => {
    await expect(load('a.png', png)).rejects.toMatchObject({
      reason: 'binary',
      message: 'is a PNG image',
    })
    const document = await loadBytes(png, {
      source: 'a.png',
      readContent: async ({mediaType}) => [
        {text: `račun\n\n${mediaType}`, page: 1},
        {text: '', page: 2},
        {text: 'druga stran', page: 3},
      ],
    })
    expectSound(document)
    expect(pageTexts(document)).toEqual(['račun\n\nimage/png', '', 'druga stran'])
  })
})
