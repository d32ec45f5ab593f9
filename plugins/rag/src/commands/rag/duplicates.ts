import {commandFor} from '@omni-ops/core/cli'
import {duplicates} from '../../operations/duplicates.ts'

export default commandFor(duplicates)
