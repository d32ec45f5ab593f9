import {commandFor} from '@omni-ops/core/cli'
import {gdprMap} from '../../operations/gdpr-map.ts'

export default commandFor(gdprMap)
