import {commandFor} from '@omni-ops/core/cli'
import {budgetRemove} from '../../../operations/budget-remove.ts'

export default commandFor(budgetRemove)
