import {commandFor} from '@omni-ops/core/cli'
import {generateQuestions} from '../../../operations/generate-questions.ts'

export default commandFor(generateQuestions)
