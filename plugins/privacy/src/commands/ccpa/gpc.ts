import {commandFor} from '@omni-ops/core/cli'
import {ccpaGpc} from '../../operations/ccpa-gpc.ts'

export default commandFor(ccpaGpc)
