import {commandFor} from '@omni-ops/core/cli'
import {gdprRequestDeliver} from '../../../operations/gdpr-request-deliver.ts'

export default commandFor(gdprRequestDeliver)
