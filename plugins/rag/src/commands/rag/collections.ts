import {commandFor} from '@omni-ops/core/cli'
import {collections} from '../../operations/collections.ts'

export default commandFor(collections)
