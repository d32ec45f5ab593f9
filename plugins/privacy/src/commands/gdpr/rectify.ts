import {commandFor} from '@omni-ops/core/cli'
import {gdprRectify} from '../../operations/gdpr-rectify.ts'

export default commandFor(gdprRectify, {present: () => import('../../presentation/request-lines.ts')})
