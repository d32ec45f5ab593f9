import {copulaAfterSubject} from './answer-type.ts'

/** Where in a text the words of a question's subject stand for the first time; UTF-16 offsets. */
export interface SubjectPlace {
  readonly start: number
  readonly end: number
  /** Words from the first to the last of them. */
  readonly length: number
}

/** At most this many words may stand among those of the subject: "the period of a notice". */
const MOST_BETWEEN = 2
/** Marks of a list or a table, emphasis, opening quotes, and a short word such as an article. */
const BEFORE_SUBJECT = /^[^\p{L}\p{N}]*(?:\p{L}{1,4}(?:\s+|['’]))?[^\p{L}\p{N}]*$/u
/** Closing emphasis and quotes, an abbreviation in brackets, then a colon, a dash or the border of a table's cell. */
const SIGN_AFTER_SUBJECT = /^[*_`"'”»]*\s*(?:\([^)\n]{1,60}\)\s*)?[*_`"'”»]*(?:\s*[:：|=]|\s+[—–-]\s)/u

/**
 * Whether a unit defines a subject: it begins with it, and a copula ("a passage is…"), a colon or dash ("**Passage**:")
 * or the border of a table's cell follows.
 * @param words how many words the subject has.
 */
export function defines(text: string, language: string, subject: SubjectPlace, words: number): boolean {
  if (subject.length > words + MOST_BETWEEN) return false
  if (!BEFORE_SUBJECT.test(text.slice(0, subject.start))) return false
  const after = text.slice(subject.end)
  return SIGN_AFTER_SUBJECT.test(after) ? /\p{L}/u.test(after) : copulaAfterSubject(language).test(after)
}

/** Whether a heading is the subject and nothing else. */
export function isSubjectAlone(heading: string, {start, end}: SubjectPlace): boolean {
  return BEFORE_SUBJECT.test(heading.slice(0, start)) && !/[\p{L}\p{N}]/u.test(heading.slice(end))
}
