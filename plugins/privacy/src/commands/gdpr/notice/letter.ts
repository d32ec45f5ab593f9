import {commandFor} from '@omni-ops/core/cli'
import {gdprNoticeLetter} from '../../../operations/gdpr-notice-letter.ts'

export default commandFor(gdprNoticeLetter, {present: () => import('../../../presentation/letter.ts')})
