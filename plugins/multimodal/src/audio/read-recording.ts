import type {Context} from '@omni-ops/core/operation'
import type {ReadableContent, TextSegment} from '@omni-ops/core/reading'
import {checkedMedia} from '../media/read-media.ts'
import {recordingTypes} from './recording.ts'
import {transcribe} from './transcribe.ts'

/** Bytes of a recording that is indexed. */
const largest = 2_000_000_000

/** What is said in a recording, sentence by sentence, with the seconds at which each is spoken. See `TextReader`. */
export async function readRecording(
  {bytes, source}: ReadableContent,
  context: Context,
): Promise<readonly TextSegment[]> {
  const recording = checkedMedia(source, bytes, {bytes: largest, types: recordingTypes})
  const request = {timestamps: 'segment', diarize: false, keywords: [], speakers: []} as const
  const {segments, text, duration} = await transcribe(recording, request, context)
  if (segments.length > 0) return segments.map(({text: said, start, end}) => ({text: said, seconds: {start, end}}))
  return text.trim() === '' ? [] : [{text, seconds: {start: 0, end: duration ?? 0}}]
}
