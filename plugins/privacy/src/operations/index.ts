import type {Operation} from '@omni-ops/core/operation'
import {budgetCreate} from './budget-create.ts'
import {budgetDebit} from './budget-debit.ts'
import {budgetList} from './budget-list.ts'
import {dp} from './dp.ts'
import {kAnonymize} from './k-anonymize.ts'
import {risk} from './risk.ts'

export const operations: readonly Operation[] = [kAnonymize, risk, dp, budgetCreate, budgetList, budgetDebit]
