import {commandFor} from '@omni-ops/core/cli'
import {imageForgetPrompt} from '../../operations/image-forget-prompt.ts'

export default commandFor(imageForgetPrompt)
