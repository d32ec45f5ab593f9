import {commandFor} from '@omni-ops/core/cli'
import {gdprRequestDecide} from '../../../operations/gdpr-request-decide.ts'

export default commandFor(gdprRequestDecide)
