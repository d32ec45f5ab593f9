import {commandFor} from '@omni-ops/core/cli'
import {ciInit} from '../../../operations/ci-init.ts'

export default commandFor(ciInit, {present: () => import('../../../presentation/pipeline-text.ts')})
