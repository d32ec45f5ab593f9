import {commandFor} from '@omni-ops/core/cli'
import {gdprRequestExceptions} from '../../../operations/gdpr-request-exceptions.ts'

export default commandFor(gdprRequestExceptions)
