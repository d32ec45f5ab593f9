import type {Handler} from '@omni-ops/core/operation'
import {civilDateAt} from '../clock/civil-date.ts'
import type {breachNotice} from '../operations/breach-notice.ts'
import {breachLetter} from '../registers/breach-letter.ts'
import {publishDocument} from '../registers/published-register.ts'
import {documentOutput} from './document-output.ts'

export const handle: Handler<typeof breachNotice> = async ({register, as: form, ...input}, context) => {
  const {settings, clock} = context
  const {due, document} = breachLetter(register, {
    ...input,
    authority: settings.get('privacy.authority') as string,
    date: civilDateAt(clock.now(), settings.get('privacy.time_zone') as string),
  })
  return {due: due.toISOString(), document: documentOutput(await publishDocument('breach', document, form))}
}
