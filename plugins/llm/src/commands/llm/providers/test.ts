import {commandFor} from '@omni-ops/core/cli'
import {providersTest} from '../../../operations/providers-test.ts'

export default commandFor(providersTest)
