import type {Operation} from '@omni-ops/core/operation'
import {gdprAccess} from './access.ts'
import {gdprErase} from './erase.ts'
import {gdprHealth} from './health.ts'
import {gdprHoldList} from './hold-list.ts'
import {gdprHoldPlace} from './hold-place.ts'
import {gdprHoldRelease} from './hold-release.ts'
import {gdprLimitLift} from './limit-lift.ts'
import {gdprLimitList} from './limit-list.ts'
import {gdprNoticeLetter} from './notice-letter.ts'
import {gdprNoticeList} from './notice-list.ts'
import {gdprNoticeSettle} from './notice-settle.ts'
import {gdprObject} from './object.ts'
import {gdprPortability} from './portability.ts'
import {gdprRecipientsList} from './recipients-list.ts'
import {gdprRecipientsRecord} from './recipients-record.ts'
import {gdprRecipientsRemove} from './recipients-remove.ts'
import {gdprRecipientsSet} from './recipients-set.ts'
import {gdprRectify} from './rectify.ts'
import {gdprRequestApprove} from './request-approve.ts'
import {gdprRequestCheckReceipt} from './request-check-receipt.ts'
import {gdprRequestClose} from './request-close.ts'
import {gdprRequestConfirm} from './request-confirm.ts'
import {gdprRequestDecide} from './request-decide.ts'
import {gdprRequestDeliver} from './request-deliver.ts'
import {gdprRequestExceptions} from './request-exceptions.ts'
import {gdprRequestExtend} from './request-extend.ts'
import {gdprRequestItems} from './request-items.ts'
import {gdprRequestList} from './request-list.ts'
import {gdprRequestOpen} from './request-open.ts'
import {gdprRequestReceipt} from './request-receipt.ts'
import {gdprRequestRefuse} from './request-refuse.ts'
import {gdprRequestRun} from './request-run.ts'
import {gdprRequestShow} from './request-show.ts'
import {gdprRequestVerify} from './request-verify.ts'
import {gdprRestrict} from './restrict.ts'
import {gdprRetentionList} from './retention-list.ts'
import {gdprRetentionRun} from './retention-run.ts'
import {gdprStatus} from './status.ts'

export const gdprOperations: readonly Operation[] = [
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
  gdprRequestReceipt,
  gdprRequestCheckReceipt,
  gdprLimitList,
  gdprLimitLift,
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
]
