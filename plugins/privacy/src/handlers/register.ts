import type {Context} from '@omni-ops/core/operation'
import type {RegisterName} from '../documents/register-template.ts'
import {publishRegister} from '../registers/published-register.ts'
import {
  reviewBreaches,
  reviewDpia,
  reviewOfficer,
  type ReviewOptions,
  reviewProcessors,
  reviewRopa,
  reviewVideo,
} from '../registers/review.ts'
import type {RegisterFinding} from '../registers/finding.ts'
import {documentOutput} from './document-output.ts'

type Review = (register: never, options: ReviewOptions) => readonly RegisterFinding[]

const reviews: Readonly<Record<RegisterName, {readonly review: Review; readonly entries: readonly string[]}>> = {
  ropa: {review: reviewRopa, entries: ['activities', 'commissions']},
  dpia: {review: reviewDpia, entries: ['risks']},
  breaches: {review: reviewBreaches, entries: ['breaches']},
  processors: {review: reviewProcessors, entries: ['processors']},
  officer: {review: reviewOfficer, entries: []},
  video: {review: reviewVideo, entries: ['systems']},
}

interface Input {
  readonly register: Readonly<Record<string, unknown>>
  readonly as?: 'json' | 'csv' | 'pdf' | 'text' | undefined
  readonly language: 'en' | 'sl'
}

/** The handler of one register's operation, which has checked the register's form. */
export function handlerOf(name: RegisterName) {
  const handle = async ({register, as: form, language}: Input, context: Context) => {
    const {review, entries} = reviews[name]
    const lists = entries.map(each => register[each] as readonly unknown[])
    return {
      register: name,
      entries: entries.length === 0 ? 1 : lists.reduce((count, list) => count + list.length, 0),
      findings: [...review(register as never, reviewOptionsOf(context))],
      document: form === undefined ? null : documentOutput(await publishRegister(name, register, {form, language})),
    }
  }
  return {handle}
}

export function reviewOptionsOf({clock, settings}: Pick<Context, 'clock' | 'settings'>): ReviewOptions {
  return {
    now: clock.now(),
    country: settings.get('privacy.country') as string,
    timeZone: settings.get('privacy.time_zone') as string,
  }
}
