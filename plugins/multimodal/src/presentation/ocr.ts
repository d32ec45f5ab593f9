import {type Present, printable} from '@omni-ops/core/cli'
import type {ocr} from '../operations/ocr.ts'

/**
 * The text alone. Of several pages, a terminal gets each with its name above it; elsewhere pages are parted by form
 * feeds, as tesseract and pdftotext part them.
 */
export const present: Present<typeof ocr> = ({pages, failures}, {stdout, stderr}) => {
  for (const {source, message, hint} of failures) {
    stderr.write(
      `Warning: ${printable(message)}${hint === null ? '' : ` (${printable(hint)})`}: ${printable(source)} was left out\n`,
    )
  }
  const texts = pages.map(({text}) => printable(text))
  if (texts.length < 2) return texts[0] ?? ''
  if (!stdout.isTerminal) return `${texts.join('\n\f')}\n`
  return pages.map(({source, page}, index) => `── ${printable(source)}, page ${page}\n${texts[index]}\n`).join('\n')
}
