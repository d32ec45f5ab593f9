import {commandFor} from '@omni-ops/core/cli'
import {buildOne} from '../../operations/build-one.ts'

export default commandFor(buildOne)
