import type {TextReader} from '@omni-ops/core/reading'
import {pictureTypes} from '../media/media-type.ts'

/** Reads pictures and scanned pages for whoever indexes them; loads how only where there is one. */
export const pictureReader: TextReader = {
  mediaTypes: [...pictureTypes, 'application/pdf'],
  sendsContent: false,
  read: async (content, context) => (await import('./read-picture.ts')).readPicture(content, context),
}
