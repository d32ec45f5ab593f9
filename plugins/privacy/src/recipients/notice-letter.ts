import type {Context} from '@omni-ops/core/operation'
import {NoticeNotFoundError, listNotices, type Notice} from './notices.ts'
import {listRecipients} from './recipients.ts'

type Language = 'en' | 'sl'

export interface NoticeLetter {
  readonly recipient: string
  readonly contact: string | null
  readonly subject: string
  readonly text: string
}

interface Words {
  readonly subject: string
  readonly opening: (date: string) => string
  readonly measures: Readonly<Record<string, string>>
  readonly about: string
  readonly closing: string
}

const words: Readonly<Record<Language, Words>> = {
  en: {
    subject: 'Notice under Article 19 of Regulation (EU) 2016/679',
    opening: date => `On ${date} we did the following with personal data that we had disclosed to you:`,
    measures: {
      erasure: 'The data were erased. Please erase what you received, links to it and copies of it.',
      delete:
        'The data were deleted at the consumer’s request. Please delete them too, and tell your service providers.',
      rectification: 'The data were corrected. Please correct what you received.',
      correct: 'The data were corrected. Please correct what you received.',
      restriction: 'Processing of the data is restricted. Please store what you received and use it for nothing else.',
      opt_out: 'The consumer opted out of the sale and sharing of their data. Please stop both.',
      limit: 'The consumer limited the use of their sensitive data. Please keep to what they asked for.',
    },
    about: 'Whom it is about',
    closing: 'Please confirm that you have done so, with the number of this notice.',
  },
  sl: {
    subject: 'Obvestilo po 19. členu Uredbe (EU) 2016/679',
    opening: date => `Dne ${date} smo z osebnimi podatki, ki smo vam jih razkrili, ravnali tako:`,
    measures: {
      erasure: 'Podatki so bili izbrisani. Prosimo, izbrišite prejete podatke, povezave do njih in njihove kopije.',
      delete:
        'Podatki so bili izbrisani na zahtevo potrošnika. Prosimo, izbrišite jih tudi vi in obvestite svoje izvajalce.',
      rectification: 'Podatki so bili popravljeni. Prosimo, popravite prejete podatke.',
      correct: 'Podatki so bili popravljeni. Prosimo, popravite prejete podatke.',
      restriction:
        'Obdelava podatkov je omejena. Prosimo, prejete podatke le hranite in jih ne uporabljajte za nič drugega.',
      opt_out: 'Potrošnik je zavrnil prodajo in deljenje svojih podatkov. Prosimo, prenehajte z obojim.',
      limit: 'Potrošnik je omejil uporabo svojih občutljivih podatkov. Prosimo, držite se tega, za kar je zaprosil.',
    },
    about: 'Na koga se nanaša',
    closing: 'Prosimo, da to potrdite in navedete številko tega obvestila.',
  },
}

/** What a recipient is written. @throws NoticeNotFoundError for a notice that is unknown or was told: then nobody knows any more of whom */
export async function noticeLetter(id: string, language: Language, context: Context): Promise<NoticeLetter> {
  const notice = (await listNotices({state: 'pending'}, context)).find(each => each.id === id)
  if (notice === undefined) {
    throw new NoticeNotFoundError(`There is no notice ${id} that has yet to be told`, {
      hint: 'omni gdpr notice list --state pending',
    })
  }
  const recipient = (await listRecipients(context)).find(each => each.id === notice.recipient)
  const {subject} = words[language]
  return {
    recipient: recipient?.name ?? notice.recipient,
    contact: recipient?.contact ?? null,
    subject,
    text: textOf(notice, recipient?.name ?? notice.recipient, words[language]),
  }
}

function textOf(
  {id, createdAt, measure, subject}: Notice,
  recipient: string,
  {opening, measures, about, closing, ...rest}: Words,
): string {
  return [
    recipient,
    '',
    rest.subject,
    `No. ${id}`,
    '',
    opening(createdAt.slice(0, 10)),
    measures[measure] ?? measure,
    '',
    `${about}:`,
    ...(subject ?? []).map(({kind, value}) => `  ${kind} ${value}`),
    '',
    closing,
    '',
  ].join('\n')
}
