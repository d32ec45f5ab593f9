import {commandFor} from '@omni-ops/core/cli'
import {imagePrompt} from '../../operations/image-prompt.ts'

export default commandFor(imagePrompt)
