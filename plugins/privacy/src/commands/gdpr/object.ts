import {commandFor} from '@omni-ops/core/cli'
import {gdprObject} from '../../operations/gdpr-object.ts'

export default commandFor(gdprObject, {present: () => import('../../presentation/request-lines.ts')})
