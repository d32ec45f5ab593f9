import {commandFor} from '@omni-ops/core/cli'
import {release} from '../../operations/release.ts'

export default commandFor(release)
