import {commandFor} from '@omni-ops/core/cli'
import {sampleData} from '../../operations/sample-data.ts'

export default commandFor(sampleData)
