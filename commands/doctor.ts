import {commandFor} from '@omni-ops/core/cli'
import {doctor} from '@omni-ops/core/doctor'

export default commandFor(doctor, {present: () => import('@omni-ops/core/doctor/present')})
