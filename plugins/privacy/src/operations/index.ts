import type {Operation} from '@omni-ops/core/operation'
import {breachNotice} from './breach-notice.ts'
import {budgetCreate} from './budget-create.ts'
import {budgetDebit} from './budget-debit.ts'
import {budgetList} from './budget-list.ts'
import {ccpaCorrect} from './ccpa-correct.ts'
import {ccpaDelete} from './ccpa-delete.ts'
import {ccpaGpc} from './ccpa-gpc.ts'
import {ccpaKnow} from './ccpa-know.ts'
import {ccpaLimit} from './ccpa-limit.ts'
import {ccpaMetrics} from './ccpa-metrics.ts'
import {ccpaOptOut} from './ccpa-opt-out.ts'
import {consentCheck} from './consent-check.ts'
import {consentGive} from './consent-give.ts'
import {consentList} from './consent-list.ts'
import {consentWithdraw} from './consent-withdraw.ts'
import {consentWordingAdd} from './consent-wording-add.ts'
import {consentWordingList} from './consent-wording-list.ts'
import {detokenize} from './detokenize.ts'
import {dp} from './dp.ts'
import {gdprAccess} from './gdpr-access.ts'
import {gdprErase} from './gdpr-erase.ts'
import {gdprHealth} from './gdpr-health.ts'
import {gdprHoldList} from './gdpr-hold-list.ts'
import {gdprHoldPlace} from './gdpr-hold-place.ts'
import {gdprHoldRelease} from './gdpr-hold-release.ts'
import {gdprLimitLift} from './gdpr-limit-lift.ts'
import {gdprLimitList} from './gdpr-limit-list.ts'
import {gdprMap} from './gdpr-map.ts'
import {gdprNoticeLetter} from './gdpr-notice-letter.ts'
import {gdprNoticeList} from './gdpr-notice-list.ts'
import {gdprNoticeSettle} from './gdpr-notice-settle.ts'
import {gdprObject} from './gdpr-object.ts'
import {gdprPortability} from './gdpr-portability.ts'
import {gdprRecipientsList} from './gdpr-recipients-list.ts'
import {gdprRecipientsRecord} from './gdpr-recipients-record.ts'
import {gdprRecipientsRemove} from './gdpr-recipients-remove.ts'
import {gdprRecipientsSet} from './gdpr-recipients-set.ts'
import {gdprRectify} from './gdpr-rectify.ts'
import {gdprRequestApprove} from './gdpr-request-approve.ts'
import {gdprRequestCheckReceipt} from './gdpr-request-check-receipt.ts'
import {gdprRequestClose} from './gdpr-request-close.ts'
import {gdprRequestConfirm} from './gdpr-request-confirm.ts'
import {gdprRequestDecide} from './gdpr-request-decide.ts'
import {gdprRequestDeliver} from './gdpr-request-deliver.ts'
import {gdprRequestExceptions} from './gdpr-request-exceptions.ts'
import {gdprRequestExtend} from './gdpr-request-extend.ts'
import {gdprRequestItems} from './gdpr-request-items.ts'
import {gdprRequestList} from './gdpr-request-list.ts'
import {gdprRequestOpen} from './gdpr-request-open.ts'
import {gdprRequestLetter} from './gdpr-request-letter.ts'
import {gdprRequestReceipt} from './gdpr-request-receipt.ts'
import {gdprRequestRefuse} from './gdpr-request-refuse.ts'
import {gdprRequestRun} from './gdpr-request-run.ts'
import {gdprRequestShow} from './gdpr-request-show.ts'
import {gdprRequestVerify} from './gdpr-request-verify.ts'
import {gdprRestrict} from './gdpr-restrict.ts'
import {gdprRetentionList} from './gdpr-retention-list.ts'
import {gdprRetentionRun} from './gdpr-retention-run.ts'
import {gdprStatus} from './gdpr-status.ts'
import {gdprSuppressionCheck} from './gdpr-suppression-check.ts'
import {gdprSuppressionLift} from './gdpr-suppression-lift.ts'
import {gdprVerify} from './gdpr-verify.ts'
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
  gdprAccess,
  gdprPortability,
  gdprErase,
  gdprRectify,
  gdprRestrict,
  gdprObject,
  gdprRequestOpen,
  gdprRequestList,
  gdprRequestShow,
  gdprRequestItems,
  gdprRequestVerify,
  gdprRequestRun,
  gdprRequestDecide,
  gdprRequestExceptions,
  gdprRequestApprove,
  gdprRequestConfirm,
  gdprRequestExtend,
  gdprRequestRefuse,
  gdprRequestClose,
  gdprRequestDeliver,
  gdprRequestLetter,
  gdprRequestReceipt,
  gdprRequestCheckReceipt,
  gdprLimitList,
  gdprLimitLift,
  gdprSuppressionCheck,
  gdprSuppressionLift,
  gdprHoldPlace,
  gdprHoldList,
  gdprHoldRelease,
  gdprRecipientsList,
  gdprRecipientsSet,
  gdprRecipientsRemove,
  gdprRecipientsRecord,
  gdprNoticeList,
  gdprNoticeLetter,
  gdprNoticeSettle,
  gdprRetentionList,
  gdprRetentionRun,
  gdprStatus,
  gdprHealth,
  ccpaKnow,
  ccpaDelete,
  ccpaCorrect,
  ccpaOptOut,
  ccpaLimit,
  ccpaGpc,
  ccpaMetrics,
  gdprMap,
  gdprVerify,
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
