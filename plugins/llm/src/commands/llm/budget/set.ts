import {commandFor} from '@omni-ops/core/cli'
import {budgetSet} from '../../../operations/budget-set.ts'

export default commandFor(budgetSet)
