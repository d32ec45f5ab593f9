import {commandFor} from '@omni-ops/core/cli'
import {imagePrompts} from '../../operations/image-prompts.ts'

export default commandFor(imagePrompts)
