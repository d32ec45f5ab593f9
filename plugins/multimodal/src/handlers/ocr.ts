import {type Handler, OmniError} from '@omni-ops/core/operation'
import {scannedMediaLimits} from '../media/files-to-send.ts'
import {checkedMedia, type Media} from '../media/read-media.ts'
import type {ocr} from '../operations/ocr.ts'
import {pageChoice} from '../vision/page-choice.ts'
import {laidOutText, runningText} from '../vision/page-text.ts'
import type {RecognisedPage} from '../vision/recognise-page.ts'
import {configuredLanguages, openRecogniser, recogniseFiles} from '../vision/recognise-files.ts'

export const handle: Handler<typeof ocr> = async (input, context) => {
  const limits = scannedMediaLimits(context)
  const recogniser = await openRecogniser(input.languages ?? configuredLanguages(context), context)
  const refused: {source: string; error: OmniError}[] = []
  const files: Media[] = []
  for (const [index, {name, data}] of input.files.entries()) {
    const source = name ?? `file ${index + 1}`
    try {
      files.push(checkedMedia(source, Buffer.from(data, 'base64'), limits))
    } catch (error) {
      if (!(error instanceof OmniError)) throw error
      refused.push({source, error})
    }
  }
  const {pages, failures} = await recogniseFiles(files, pageChoice(input.pages), recogniser, context)
  const all = [...refused, ...failures]
  // Of one file alone there is nothing else to tell.
  if (input.files.length === 1 && all[0]) throw all[0].error
  return {
    pages: pages.map(page => ({
      source: page.source,
      page: page.page,
      width: page.width,
      height: page.height,
      text: input.layout ? laidOutText(page) : runningText(page),
      confidence: page.confidence,
      rotation: page.rotation,
      skew: page.skew,
      words: input.words ? wordsOf(page) : [],
    })),
    languages: [...recogniser.languages],
    failures: all.map(({source, error: {code, message, hint}}) => ({source, code, message, hint: hint ?? null})),
  }
}

function wordsOf({blocks}: RecognisedPage) {
  return blocks.flatMap((paragraphs, block) =>
    paragraphs.flatMap((lines, paragraph) =>
      lines.flatMap(({words}, line) =>
        words.map(({text, confidence, box}) => ({
          text,
          confidence,
          ...box,
          block: block + 1,
          paragraph: paragraph + 1,
          line: line + 1,
        })),
      ),
    ),
  )
}
