import type {Handler} from '@omni-ops/core/operation'
import {isOwnKey, isSignatureValid, parseReceipt} from '../receipt/receipt.ts'
import type {gdprRequestCheckReceipt} from '../operations/gdpr-request-check-receipt.ts'

export const handle: Handler<typeof gdprRequestCheckReceipt> = async ({receipt: text}, context) => {
  const signed = parseReceipt(text)
  return {
    valid: isSignatureValid(signed),
    own: await isOwnKey(signed, context),
    key_id: signed.key_id,
    request: signed.receipt.request,
    outcome: signed.receipt.outcome,
  }
}
