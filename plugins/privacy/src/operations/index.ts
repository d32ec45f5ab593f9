import type {Operation} from '@omni-ops/core/operation'
import {breachNotice} from './breach-notice.ts'
import {budgetCreate} from './budget-create.ts'
import {budgetDebit} from './budget-debit.ts'
import {budgetList} from './budget-list.ts'
import {consentCheck} from './consent-check.ts'
import {consentGive} from './consent-give.ts'
import {consentList} from './consent-list.ts'
import {consentWithdraw} from './consent-withdraw.ts'
import {consentWordingAdd} from './consent-wording-add.ts'
import {consentWordingList} from './consent-wording-list.ts'
import {detokenize} from './detokenize.ts'
import {dp} from './dp.ts'
import {kAnonymize} from './k-anonymize.ts'
import {gdprDeadline, gdprRules} from './law.ts'
import {mask} from './mask.ts'
import {pseudonymize} from './pseudonymize.ts'
import {breach, dpia, processors, ropa, zvopDpo, zvopVideo} from './registers.ts'
import {risk} from './risk.ts'
import {ropaDraft} from './ropa-draft.ts'
import {scan} from './scan.ts'
import {tokenize} from './tokenize.ts'
import {unmask} from './unmask.ts'
import {zvopDeceased} from './zvop-deceased.ts'
import {zvopLog, zvopLogAdd, zvopLogExpire} from './zvop-log.ts'
import {zvopReport} from './zvop-report.ts'
import {zvopResidency} from './zvop-residency.ts'

export const operations: readonly Operation[] = [
  scan,
  mask,
  unmask,
  pseudonymize,
  tokenize,
  detokenize,
  kAnonymize,
  risk,
  dp,
  budgetCreate,
  budgetList,
  budgetDebit,
  consentGive,
  consentWithdraw,
  consentCheck,
  consentList,
  consentWordingAdd,
  consentWordingList,
  ropa,
  ropaDraft,
  dpia,
  breach,
  breachNotice,
  processors,
  zvopDpo,
  zvopVideo,
  zvopLog,
  zvopLogAdd,
  zvopLogExpire,
  zvopDeceased,
  zvopResidency,
  zvopReport,
  gdprRules,
  gdprDeadline,
]
