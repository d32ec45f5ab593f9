import type {Handler} from '@omni-ops/core/operation'
import {legalExceptions} from '../requests/exceptions.ts'
import type {gdprRequestExceptions} from '../operations/gdpr-request-exceptions.ts'

export const handle: Handler<typeof gdprRequestExceptions> = async () => ({
  exceptions: legalExceptions.map(each => ({...each})),
})
