import type {Handler} from '@omni-ops/core/operation'
import {recordingTypes} from '../audio/recording.ts'
import {transcriptDocument} from '../audio/subtitles.ts'
import {transcribe} from '../audio/transcribe.ts'
import {checkedMedia} from '../media/read-media.ts'
import type {audioTranscribe} from '../operations/audio-transcribe.ts'
import {dollars} from '../providers/dollars.ts'

/** Bytes. What is larger than the provider takes is cut here. */
const largest = 2_000_000_000

export const handle: Handler<typeof audioTranscribe> = async (input, context) => {
  const limits = {bytes: largest, types: recordingTypes}
  const media = ({name = 'The recording', data}: {name?: string | undefined; data: string}) =>
    checkedMedia(name, new Uint8Array(Buffer.from(data, 'base64')), limits)
  const wantsTimes = input.format === 'srt' || input.format === 'vtt'
  const transcription = await transcribe(
    media(input.audio),
    {
      model: input.model,
      language: input.language,
      timestamps: input.timestamps ?? (wantsTimes ? 'segment' : 'none'),
      diarize: input.diarize,
      prompt: input.prompt,
      before: input.before,
      keywords: input.keywords,
      speakers: input.speakers.map(({name, sample}) => ({name, sample: media(sample)})),
    },
    context,
  )
  const {requestIds, costNanoUsd, segments, words, ...told} = transcription
  return {
    ...told,
    segments: [...segments],
    words: [...words],
    document: transcriptDocument(transcription, input.format) ?? null,
    request_ids: [...requestIds],
    cost_usd: dollars(costNanoUsd),
  }
}
