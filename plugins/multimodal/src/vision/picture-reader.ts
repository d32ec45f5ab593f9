import type {TextReader} from '@omni-ops/core/reading'
import {scannedMediaLimits} from '../media/files-to-send.ts'
import {pictureTypes} from '../media/media-type.ts'
import {checkedMedia} from '../media/read-media.ts'
import {runningText} from './page-text.ts'
import {configuredLanguages, openRecogniser, recogniseFiles} from './recognise-files.ts'

/** Reads pictures and scanned pages for whoever indexes them; a picture is one page, unless it is a TIFF of several. */
export const pictureReader: TextReader = {
  mediaTypes: [...pictureTypes, 'application/pdf'],
  sendsContent: false,
  async read({bytes, source, pages}, context) {
    const media = checkedMedia(source, bytes, scannedMediaLimits(context))
    const recogniser = await openRecogniser(configuredLanguages(context), context)
    const isWanted = (page: number) => pages?.includes(page) ?? true
    const read = await recogniseFiles([media], isWanted, recogniser, {...context, emit: () => {}})
    const [failure] = read.failures
    if (failure) throw failure.error
    return read.pages.map(page => ({text: runningText(page), page: page.page, confidence: page.confidence}))
  },
}
