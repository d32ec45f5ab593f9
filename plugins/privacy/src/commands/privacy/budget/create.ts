import {commandFor} from '@omni-ops/core/cli'
import {budgetCreate} from '../../../operations/budget-create.ts'

export default commandFor(budgetCreate)
