import {commandFor} from '@omni-ops/core/cli'
import {audioVoices} from '../../operations/audio-voices.ts'

export default commandFor(audioVoices)
