import {commandFor} from '@omni-ops/core/cli'
import {catalogInfer} from '../../../operations/catalog-infer.ts'

export default commandFor(catalogInfer, {present: () => import('../../../presentation/catalog-yaml.ts')})
