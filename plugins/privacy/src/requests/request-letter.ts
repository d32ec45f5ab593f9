import {ConflictError, type Context, NotConfiguredError} from '@omni-ops/core/operation'
import {civilDateAt} from '../clock/civil-date.ts'
import type {Language, TextDocument} from '../documents/document.ts'
import {type RefusedItem, writeLetter} from '../documents/letter.ts'
import type {KeptReason} from './kept.ts'
import type {SubjectRequest} from './request.ts'
import {citationOf, type Measure, measureOf} from './right.ts'

/** Nobody has said who writes letters. */
export class NoControllerError extends NotConfiguredError {
  override readonly code = 'privacy_no_controller'
}

/** A letter that says what has not happened to the request. */
export class LetterDoesNotFitError extends ConflictError {
  override readonly code = 'gdpr_letter_does_not_fit'
}

export type LetterKind = 'confirmation' | 'extension' | 'refusal' | 'answer'

interface Words {
  readonly addressee: string
  readonly done: Readonly<Record<Measure, string>>
  readonly notFound: string
  readonly whole: string
  readonly records: (count: number) => string
}

const words: Readonly<Record<Language, Words>> = {
  en: {
    addressee: 'Sir or Madam',
    done: {
      disclose: 'We gave you a copy of the data.',
      erase: 'We erased the data.',
      rectify: 'We corrected the data.',
      limit: 'We noted it, and heed it wherever the data are used.',
    },
    notFound: 'We hold no data of the person that you described.',
    whole: 'Your request',
    records: count => (count === 1 ? '1 record' : `${count} records`),
  },
  sl: {
    addressee: 'Spoštovani',
    done: {
      disclose: 'Dali smo vam kopijo podatkov.',
      erase: 'Podatke smo izbrisali.',
      rectify: 'Podatke smo popravili.',
      limit: 'To smo zabeležili in upoštevamo povsod, kjer se podatki uporabljajo.',
    },
    notFound: 'O osebi, ki ste jo opisali, nimamo podatkov.',
    whole: 'Vaša zahteva',
    records: count => `število zapisov: ${count}`,
  },
}

/**
 * The letter that a person is owed, with what the request says. Where a complaint has to come soon, which is under ZVOP-2,
 * article 14(2), it says how soon.
 * @throws NoControllerError, LetterDoesNotFitError
 */
export function requestLetter(
  request: SubjectRequest,
  asked: {
    readonly kind?: LetterKind | undefined
    readonly addressee?: string | undefined
    readonly language: Language
    readonly kept: readonly KeptReason[]
  },
  {settings, clock}: Pick<Context, 'settings' | 'clock'>,
): {readonly kind: LetterKind; readonly document: TextDocument} {
  const kind = asked.kind ?? kindFor(request)
  const {language, kept} = asked
  const own = words[language]
  const timeZone = settings.get('privacy.time_zone') as string
  const {deadlines, extension, refusal} = request
  const [citation = deadlines.rule] = deadlines.rule.split('; ')
  const letter = {
    ...senderFrom(settings),
    language,
    date: civilDateAt(clock.now(), timeZone),
    reference: request.id,
    addressee: asked.addressee ?? own.addressee,
    received: civilDateAt(new Date(request.receivedAt), timeZone),
    right: citationOf(request.right),
    citation,
  }
  const remedy = {
    authority: settings.get('privacy.authority') as string,
    ...(request.regime === 'zvop' ? {complaintDays: 15} : {}),
  }
  switch (kind) {
    case 'confirmation':
      return {kind, document: writeLetter({...letter, kind, due: deadlines.dueBy})}
    case 'extension': {
      if (extension === null) throw doesNotFit('was not extended', request)
      // What is due now is the end of the extension.
      const terms = {due: deadlines.extendBy ?? deadlines.dueBy, extendedDue: deadlines.dueBy}
      return {kind, document: writeLetter({...letter, ...remedy, ...terms, kind, reasons: extension.reason})}
    }
    case 'refusal': {
      if (refusal === null) throw doesNotFit('was not refused', request)
      const refusals = [{what: own.whole, reason: refusal.reason, article: refusal.citation}]
      return {kind, document: writeLetter({...letter, ...remedy, kind, refusals})}
    }
    case 'answer': {
      if (request.state !== 'closed') throw doesNotFit('is not closed yet', request)
      const done = request.outcome === 'not_found' ? own.notFound : own.done[measureOf(request.right)]
      return {
        kind,
        document: writeLetter({
          ...letter,
          ...remedy,
          kind,
          actions: [done],
          refusals: refusalsOf(kept, own, letter.right),
        }),
      }
    }
  }
}

function kindFor({refusal, state, extension}: SubjectRequest): LetterKind {
  if (refusal !== null) return 'refusal'
  if (state === 'closed') return 'answer'
  return extension === null ? 'confirmation' : 'extension'
}

function refusalsOf(kept: readonly KeptReason[], {records}: Words, right: string): RefusedItem[] {
  return kept.map(({records: count, reason, citation}) => ({what: records(count), reason, article: citation ?? right}))
}

function senderFrom(settings: Context['settings']): {readonly controller: string; readonly contact: string} {
  const controller = settings.get('privacy.controller') as string | undefined
  const contact = settings.get('privacy.contact') as string | undefined
  if (controller !== undefined && contact !== undefined) return {controller, contact}
  throw new NoControllerError('Nothing says who writes to the person, and where they can ask', {
    hint: 'omni config set privacy.controller "Example d.o.o., Cesta 1, Ljubljana"; omni config set privacy.contact privacy@example.com',
  })
}

function doesNotFit(why: string, {id}: SubjectRequest): LetterDoesNotFitError {
  return new LetterDoesNotFitError(`The request ${id} ${why}`, {
    hint: 'leave --kind out for the letter that fits',
  })
}
