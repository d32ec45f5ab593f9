import {addMonths, type CivilDate} from '../clock/civil-date.ts'
import {rule} from '../law/rule.ts'

/** Who asks for data on somebody who has died (ZVOP-2, article 9(2) to (4)). */
export type Requester =
  'authorised_by_law' | 'legal_interest' | 'spouse' | 'partner' | 'child' | 'parent' | 'heir' | 'research' | 'other'

export interface DeceasedDisclosure {
  /** Whether article 9 applies at all: for 20 years after the death. */
  readonly protected: boolean
  /** The last day on which it does. */
  readonly until: CivilDate
  readonly allowed: boolean
  readonly reason: string
  readonly citation: string
  readonly verified: boolean
}

const years = 20
const family: ReadonlySet<Requester> = new Set(['spouse', 'partner', 'child', 'parent', 'heir'])

/** Whether data on the deceased may be given to somebody. Another law may say otherwise, which nobody here can know. */
export function judgeDeceasedDisclosure({
  died,
  today,
  requester,
  forbidden,
}: {
  readonly died: CivilDate
  readonly today: CivilDate
  readonly requester: Requester
  /** The deceased forbade in writing that data be given to the family. */
  readonly forbidden: boolean
}): DeceasedDisclosure {
  const {citation, verified} = rule('zvop-2.9')
  const until = addMonths(died, years * 12)
  const isProtected = today <= until
  const [allowed, reason] = isProtected
    ? judge(requester, forbidden)
    : [true, `protected until ${until}, 20 years after death`]
  return {protected: isProtected, until, allowed, reason, citation, verified}
}

function judge(requester: Requester, forbidden: boolean): [boolean, string] {
  if (requester === 'authorised_by_law') return [true, 'authorised by a law (9(2))']
  if (requester === 'legal_interest') return [true, 'shows a legal interest before bodies of the public sector (9(2))']
  if (requester === 'research') return [true, 'shows research, history, education, statistics or an archive (9(4))']
  if (!family.has(requester)) return [false, 'is none of those whom article 9 names']
  return forbidden
    ? [false, 'the deceased forbade it in writing (9(3))']
    : [true, 'spouse, partner, child, parent or heir (9(3))']
}
