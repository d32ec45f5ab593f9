import type {TextReader} from '@omni-ops/core/reading'
import {recordingTypes} from './recording.ts'

/** Writes recordings down for whoever indexes them; loads how only where there is one. */
export const recordingReader: TextReader = {
  mediaTypes: recordingTypes,
  sendsContent: true,
  read: async (content, context) => (await import('./read-recording.ts')).readRecording(content, context),
}
