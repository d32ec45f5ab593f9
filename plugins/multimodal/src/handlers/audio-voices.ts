import type {Handler} from '@omni-ops/core/operation'
import {listVoices} from '../audio/speak.ts'
import type {audioVoices} from '../operations/audio-voices.ts'

export const handle: Handler<typeof audioVoices> = async ({provider}, context) => ({
  voices: (await listVoices(provider, context)).map(voice => ({...voice})),
})
