import {readFileSync} from 'node:fs'
import type {Language, TextDocument} from './document.ts'
import {type Fields, letterFrom} from './letter-template.ts'
import {templateFile} from './template-file.ts'

/** What everybody who writes a letter has to say about it. */
interface Correspondence {
  readonly language: Language
  /** The day of the letter, `YYYY-MM-DD`. */
  readonly date: string
  /** The number of the request or breach. */
  readonly reference: string
  /** Who writes, with address. */
  readonly controller: string
}

interface RequestLetter extends Correspondence {
  readonly addressee: string
  /** The day of receipt. */
  readonly received: string
  /** As one cites it: `GDPR, Article 17`. */
  readonly right: string
  /** Where questions go. */
  readonly contact: string
  /** The rules that the letter rests on. */
  readonly citation: string
}

/** Where the person may complain, and how soon (ZVOP-2, article 14(2): within 15 days; the GDPR sets no time). */
interface Remedy {
  readonly authority: string
  readonly complaintDays?: number
}

export interface RefusedItem {
  readonly what: string
  readonly reason: string
  /** As one cites it. */
  readonly article: string
}

/**
 * A letter to a data subject. `confirmation`: received, until when it is answered, and what is needed to identify the
 * person. `extension`: why it takes longer (GDPR, article 12(3)). `refusal`: why nothing is done, and the remedies
 * (12(4)). `answer`: what was done, what was not, and the remedies.
 */
export type SubjectLetter =
  | (RequestLetter & {readonly kind: 'confirmation'; readonly due: string; readonly identityNeeded?: string})
  | (RequestLetter &
      Remedy & {
        readonly kind: 'extension'
        readonly due: string
        readonly extendedDue: string
        readonly reasons: string
      })
  | (RequestLetter & Remedy & {readonly kind: 'refusal'; readonly refusals: readonly RefusedItem[]})
  | (RequestLetter &
      Remedy & {
        readonly kind: 'answer'
        readonly actions: readonly string[]
        readonly refusals?: readonly RefusedItem[]
        /** Who was told of it (GDPR, article 19). */
        readonly recipients?: readonly string[]
      })

/** About a breach: to the supervisory authority (GDPR, article 33) or to the persons (article 34). */
export type BreachLetter = Correspondence & {
  readonly kind: 'breach-notification' | 'breach-communication'
  readonly authority: string
  readonly aware: string
  readonly due: string
  readonly delayReasons?: string
  readonly nature: string
  readonly persons: readonly string[]
  readonly contact: string
  readonly consequences: readonly string[]
  readonly measures: readonly string[]
  /** What is still to follow (33(4)). */
  readonly incomplete?: string
}

/** Writes a letter from its template in `templates/documents/letters`. */
export function writeLetter(letter: SubjectLetter | BreachLetter): TextDocument {
  const {kind, language, date} = letter
  const template = readFileSync(templateFile(`letters/${kind}.${language}.md`), 'utf8')
  return {...letterFrom(template, fieldsOf(letter)), language, date}
}

/** Names in templates are those of the letter, in small letters; what is repeated is called `what`. */
function fieldsOf(letter: SubjectLetter | BreachLetter): Fields {
  const fields = Object.entries(letter).map(([name, value]) => [templateName(name), fieldOf(value)] as const)
  const refusals = 'refusals' in letter ? (letter.refusals ?? []) : []
  const recipients = 'recipients' in letter ? (letter.recipients ?? []) : []
  return {...Object.fromEntries(fields), has_refusals: refusals.length > 0, recipients: recipients.join(', ')}
}

function templateName(name: string): string {
  return name.replaceAll(/[A-Z]/g, capital => `_${capital.toLowerCase()}`)
}

function fieldOf(value: unknown): Fields[string] {
  if (!Array.isArray(value)) return value as Fields[string]
  return value.map(item => (typeof item === 'string' ? {what: item} : (item as Fields)))
}
