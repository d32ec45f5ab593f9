import {commandFor} from '@omni-ops/core/cli'
import {migrate} from '../../operations/migrate.ts'

export default commandFor(migrate)
