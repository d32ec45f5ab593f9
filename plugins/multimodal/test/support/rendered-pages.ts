import {dirname, join} from 'node:path'
import {createRequire} from 'node:module'
import sharp from 'sharp'

/** A stretch of text on a page; places are in pixels. */
interface PlacedText {
  readonly text: string
  readonly x: number
  readonly y: number
  /** Pixels of the font; the page's own where it is not given. */
  readonly size?: number
  readonly bold?: boolean
}

/** A page that a test draws, so that it knows every letter on it. */
export interface DrawnPage {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly font: 'Sans' | 'Serif'
  /** Pixels. */
  readonly size: number
  readonly texts: readonly PlacedText[]
  /** What stands on it, in the order in which it is read. */
  readonly truth: string
}

const fonts = join(dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')), 'ttf')

/** The page in black on white, as a PNG. Its fonts come from a package, so that any machine draws the same. */
export async function draw({width, height, font, size, texts}: DrawnPage): Promise<Buffer> {
  const pieces = await Promise.all(
    texts.map(async ({text, x, y, size: own = size, bold = false}) => ({
      input: await sharp({
        text: {
          text: `<span foreground="black">${escaped(text)}</span>`,
          font: `DejaVu ${font}${bold ? ' Bold' : ''} ${own}`,
          fontfile: join(fonts, `DejaVu${font}${bold ? '-Bold' : ''}.ttf`),
          dpi: 72,
          rgba: true,
          spacing: Math.round(own * 0.25),
        },
      })
        .png()
        .toBuffer(),
      left: x,
      top: y,
    })),
  )
  return sharp({create: {width, height, channels: 3, background: '#ffffff'}})
    .composite(pieces)
    .png()
    .toBuffer()
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

/** Lines below each other, a paragraph's lines closer than two paragraphs. */
function paragraphs(blocks: readonly string[], {x, y, size}: {x: number; y: number; size: number}) {
  const texts: PlacedText[] = []
  let top = y
  for (const block of blocks) {
    texts.push({text: block, x, y: top})
    top += Math.round((block.split('\n').length * 1.42 + 0.9) * size)
  }
  return texts
}

const letterBlocks = [
  'Dear Mrs Novak,',
  `thank you for your letter of 14 March 2026. We have looked at
the heating system in your flat and found that the circulation
pump has to be replaced. The part has been ordered; it costs
248.50 EUR and will be delivered within ten working days.`,
  `Our technician will call you before he comes. Please make sure
that the cellar can be entered between 8:00 and 16:30, and that
the valve marked "B-17" is not closed before he arrives.`,
  `If you have any questions, write to service@example.org or call
+386 1 555 01 23. The warranty for this repair is 24 months.`,
  'Yours sincerely,',
  'Peter Quigley, Customer Services',
]

const slovenianBlocks = [
  'Spoštovana gospa Žagar,',
  `obveščamo vas, da je bila vaša vloga z dne 3. junija 2026 sprejeta.
Za dokončno odločitev potrebujemo še potrdilo o plačilu davka in
fotokopijo osebne izkaznice. Prosimo, da ju pošljete najpozneje
v petnajstih dneh na naslov Občina Črnomelj, Trg svobode 3.`,
  `Če imate vprašanja, nas pokličite med 9. in 12. uro. Uradne ure
so ob ponedeljkih, sredah in četrtkih; v petek je urad zaprt.`,
  `Vse pristojbine, ki ste jih že plačali, vam bodo vrnjene, če bo
vloga zavrnjena. Znesek 36,80 EUR se nakaže na vaš račun.`,
  'S spoštovanjem,',
  'Jožica Šuštaršič, višja svetovalka',
]

/** A letter at a size, in pixels of its font. */
export function letter(size = 26): DrawnPage {
  return {
    name: 'letter',
    width: Math.round(size * 46),
    height: Math.round(size * 40),
    font: 'Serif',
    size,
    texts: paragraphs(letterBlocks, {x: size * 4, y: size * 5, size}),
    truth: letterBlocks.join('\n\n'),
  }
}

/** The same kind of page in Slovenian. */
export function slovenianLetter(size = 26): DrawnPage {
  return {
    name: 'Slovenian letter',
    width: Math.round(size * 46),
    height: Math.round(size * 38),
    font: 'Sans',
    size,
    texts: paragraphs(slovenianBlocks, {x: size * 4, y: size * 5, size}),
    truth: slovenianBlocks.join('\n\n'),
  }
}

const invoiceRows = [
  ['Item', 'Quantity', 'Price', 'Amount'],
  ['Office chair', '4', '129.00', '516.00'],
  ['Standing desk', '2', '389.50', '779.00'],
  ['Desk lamp', '6', '34.90', '209.40'],
  ['Cable tray', '10', '12.75', '127.50'],
  ['Delivery', '1', '45.00', '45.00'],
]

const invoiceTotals = [
  ['Subtotal', '1,676.90'],
  ['VAT 22 %', '368.92'],
  ['Total EUR', '2,045.82'],
]

/** An invoice with a table. */
export function invoice(size = 26): DrawnPage {
  const at = (columns: readonly number[], row: readonly string[], y: number, bold = false): PlacedText[] =>
    row.map((text, column) => ({text, x: Math.round(columns[column]! * size), y: Math.round(y * size), bold}))
  const head = [
    'Brightwater Supplies Ltd',
    '27 Harbour Road, Bristol BS1 4RX',
    'Invoice No. 2026-00417',
    'Date: 12 May 2026',
    'Due: 11 June 2026',
  ]
  const foot = ['Please pay to IBAN GB29 NWBK 6016 1331 9268 19', 'Thank you for your order.']
  return {
    name: 'invoice',
    width: Math.round(size * 46),
    height: Math.round(size * 38),
    font: 'Sans',
    size,
    texts: [
      ...head.map((text, index) => ({text, x: size * 4, y: Math.round((4 + index * 1.6) * size), bold: index === 0})),
      ...invoiceRows.flatMap((row, index) => at([4, 20, 28, 36], row, 14 + index * 1.7, index === 0)),
      ...invoiceTotals.flatMap((row, index) => at([28, 36], row, 25.5 + index * 1.7, index === 2)),
      ...foot.map((text, index) => ({text, x: size * 4, y: Math.round((32 + index * 1.6) * size)})),
    ],
    truth: [
      ...head,
      ...invoiceRows.map(row => row.join(' ')),
      ...invoiceTotals.map(row => row.join(' ')),
      ...foot,
    ].join('\n'),
  }
}
