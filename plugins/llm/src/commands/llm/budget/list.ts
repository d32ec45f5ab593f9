import {commandFor} from '@omni-ops/core/cli'
import {budgetList} from '../../../operations/budget-list.ts'

export default commandFor(budgetList)
