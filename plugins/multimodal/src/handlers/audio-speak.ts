import type {Handler} from '@omni-ops/core/operation'
import {speak} from '../audio/speak.ts'
import type {SpeechFormat} from '../audio/speech-provider.ts'
import type {audioSpeak} from '../operations/audio-speak.ts'
import {dollars} from '../providers/dollars.ts'

/** IANA media types; PCM as RFC 2586 has it, but little-endian, as vendors send it. */
const mediaTypes: Readonly<Record<SpeechFormat, string>> = {
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  opus: 'audio/ogg',
  aac: 'audio/aac',
  flac: 'audio/flac',
  pcm: 'audio/pcm;rate=24000',
}

export const handle: Handler<typeof audioSpeak> = async (input, context) => {
  const {bytes, requestIds, costNanoUsd, words, ...told} = await speak(input, context)
  return {
    ...told,
    audio: Buffer.from(bytes).toString('base64'),
    media_type: mediaTypes[told.format],
    words: [...words],
    request_ids: [...requestIds],
    cost_usd: dollars(costNanoUsd),
  }
}
