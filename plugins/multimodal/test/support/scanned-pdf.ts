import sharp from 'sharp'

/** A page of a PDF: a picture over all of it, or a line of text. */
export type PdfPageContent = {readonly picture: Buffer} | {readonly text: string}

/** Extra objects, given as `name: body`, that the catalogue or the page refers to. */
export interface ScannedPdfOptions {
  /** Further entries of the document's catalogue, in PDF's own syntax. */
  readonly catalogue?: string
  /** Further entries of each page. */
  readonly page?: string
}

/** Writes a PDF 1.4 (ISO 32000-1) as a scanner does: a JPEG for each page, 72 points for 150 pixels. */
export async function scannedPdf(
  pages: readonly PdfPageContent[],
  {catalogue = '', page: entries = ''}: ScannedPdfOptions = {},
): Promise<Buffer> {
  const objects: Buffer[] = []
  const add = (body: string | Buffer) => objects.push(Buffer.from(body as string, 'latin1'))
  const kids = pages.map((_, index) => `${4 + index * 3} 0 R`).join(' ')
  add(`<< /Type /Catalog /Pages 2 0 R ${catalogue} >>`)
  add(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`)
  add('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>')
  for (const [index, content] of pages.entries()) {
    const at = 4 + index * 3
    const jpeg =
      'picture' in content
        ? await sharp(content.picture).flatten().toColourspace('b-w').jpeg({quality: 80}).toBuffer()
        : undefined
    const {width = 1240, height = 1754} = jpeg ? await sharp(jpeg).metadata() : {}
    const [across, down] = [(width * 72) / 150, (height * 72) / 150]
    const drawing =
      'text' in content ? `BT /F1 14 Tf 72 700 Td (${content.text}) Tj ET` : `${across} 0 0 ${down} 0 0 cm /I Do`
    add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${across} ${down}] ${entries} ` +
        `/Resources << /Font << /F1 3 0 R >> /XObject << /I ${at + 2} 0 R >> >> /Contents ${at + 1} 0 R >>`,
    )
    add(`<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`)
    const data = jpeg ?? Buffer.alloc(1)
    const filter = jpeg ? '/Filter /DCTDecode' : ''
    const size = jpeg ? `/Width ${width} /Height ${height}` : '/Width 1 /Height 1'
    add(
      Buffer.concat([
        Buffer.from(
          `<< /Type /XObject /Subtype /Image ${size} /ColorSpace /DeviceGray /BitsPerComponent 8 ${filter} /Length ${data.length} >>\nstream\n`,
          'latin1',
        ),
        data,
        Buffer.from('\nendstream', 'latin1'),
      ]),
    )
  }
  return assembled(objects)
}

function assembled(objects: readonly Buffer[]): Buffer {
  const parts = [Buffer.from('%PDF-1.4\n', 'latin1')]
  let length = parts[0]!.length
  const offsets = objects.map((body, index) => {
    const offset = length
    const part = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), body, Buffer.from('\nendobj\n')])
    parts.push(part)
    length += part.length
    return offset
  })
  const table = offsets.map(offset => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  parts.push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}` +
        `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${length}\n%%EOF\n`,
    ),
  )
  return Buffer.concat(parts)
}
