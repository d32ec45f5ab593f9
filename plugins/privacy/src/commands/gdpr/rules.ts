import {commandFor} from '@omni-ops/core/cli'
import {gdprRules} from '../../operations/law.ts'

export default commandFor(gdprRules)
