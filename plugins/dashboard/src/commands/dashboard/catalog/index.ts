import {commandFor} from '@omni-ops/core/cli'
import {catalog} from '../../../operations/catalog.ts'

export default commandFor(catalog)
