import {commandFor} from '@omni-ops/core/cli'
import {models} from '../../operations/models.ts'

export default commandFor(models)
