import {commandFor} from '@omni-ops/core/cli'
import {keysRevoke} from '../../../operations/keys-revoke.ts'

export default commandFor(keysRevoke)
