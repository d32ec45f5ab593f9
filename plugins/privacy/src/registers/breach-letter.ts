import {NotFoundError} from '@omni-ops/core/operation'
import type {Language, TextDocument} from '../documents/document.ts'
import {type BreachLetter, writeLetter} from '../documents/letter.ts'
import type {Breach, Breaches} from '../operations/breach-register.ts'
import {notificationDue} from './review.ts'

/** No breach of the register has that id. */
export class BreachNotFoundError extends NotFoundError {
  override readonly code = 'breach_not_found'
}

export interface BreachLetterOptions {
  readonly breach: string
  readonly to: 'authority' | 'people'
  readonly language: Language
  readonly authority: string
  /** The day of the letter. */
  readonly date: string
  /** What follows in phases. */
  readonly missing?: string | undefined
}

/** The letter about one breach of a register, and when its 72 hours end. @throws BreachNotFoundError */
export function breachLetter(register: Breaches, options: BreachLetterOptions): {due: Date; document: TextDocument} {
  const breach = register.breaches.find(({id}) => id === options.breach)
  if (breach === undefined) {
    throw new BreachNotFoundError(`The register has no breach ${options.breach}`, {
      hint: `one of ${register.breaches.map(({id}) => id).join(', ') || 'none'}`,
    })
  }
  const due = notificationDue(breach)
  const letter: BreachLetter = {
    kind: options.to === 'authority' ? 'breach-notification' : 'breach-communication',
    language: options.language,
    date: options.date,
    reference: breach.id,
    controller: partyLine(register.controller),
    authority: options.authority,
    aware: breach.aware_at,
    due: due.toISOString(),
    nature: breach.nature,
    persons: [countLine(breach.persons), countLine(breach.records)],
    contact: partyLine(breach.contact),
    consequences: breach.consequences,
    measures: breach.measures,
    ...(breach.delay_reasons === undefined ? {} : {delayReasons: breach.delay_reasons}),
    ...(options.missing === undefined ? {} : {incomplete: options.missing}),
  }
  return {due, document: writeLetter(letter)}
}

function countLine({categories, approximately}: Breach['persons']): string {
  return `${categories.join(', ')}${approximately === undefined ? '' : ` (≈ ${approximately})`}`
}

function partyLine({name, address, email, phone}: Breaches['controller']): string {
  return [name, address, email, phone].filter(part => part !== undefined).join(', ')
}
