import {commandFor} from '@omni-ops/core/cli'
import {keysCreate} from '../../../operations/keys-create.ts'

export default commandFor(keysCreate, {present: () => import('../../../presentation/key.ts')})
