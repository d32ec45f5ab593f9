import {commandFor} from '@omni-ops/core/cli'
import {gdprErase} from '../../operations/gdpr-erase.ts'

export default commandFor(gdprErase, {present: () => import('../../presentation/request-lines.ts')})
