import {commandFor} from '@omni-ops/core/cli'
import {removeTenant} from '../../operations/remove-tenant.ts'

export default commandFor(removeTenant)
