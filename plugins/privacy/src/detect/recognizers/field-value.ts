import {fold} from '../fold.ts'
import type {EntityType} from '../entity.ts'
import {type Finding, type Recognizer, Sign} from '../recognizer.ts'
import type {TextDocument} from '../text-document.ts'
import {labels} from './labelled-identifier.ts'

interface FieldKind {
  readonly type: EntityType
  /** Of the field's words, folded and joined by spaces; the end of the name counts: `account_id`, not `account_balance`. */
  readonly name: RegExp
  readonly value: RegExp
  readonly accepts?: (value: string) => boolean
}

const fewestDigits = 3

const kinds: readonly FieldKind[] = [
  {type: 'AGE', name: /(?:^| )(?:age|starost)$/, value: /^(?:\d|[1-9]\d|1[0-2]\d)$/},
  {
    type: 'POSTCODE',
    name: /(?:^| )(?:zip|zipcode|zip code|postcode|post code|postal code|postal|postna stevilka|postna st|posta)$/,
    value:
      /^(?:(?:[A-Z]{1,2}-)?\d{4,6}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{4} ?[A-Z]{2}|\d{3} \d{2})$/,
  },
  ...labels.map(({type, names, value, accepts}) => ({
    type,
    name: new RegExp(`(?:^| )(?:${fold(names)})(?: (?:number|num|no|nr|id|code|stevilka|st))?$`),
    value: new RegExp(`${value.source}$`, value.flags),
    accepts: (found: string) =>
      found.replace(/\D/g, '').length >= fewestDigits && (accepts?.(found.replace(/[ -]/g, '')) ?? true),
  })),
]

const remembered = new Map<string, readonly FieldKind[]>()
const mostRemembered = 1000

function kindsOf(words: readonly string[]): readonly FieldKind[] {
  const name = words.join(' ')
  const known = remembered.get(name)
  if (known) return known
  if (remembered.size >= mostRemembered) remembered.clear()
  const found = kinds.filter(kind => kind.name.test(name))
  remembered.set(name, found)
  return found
}

/** Whether the name of a field, as words, says of a bare number what it is. */
export function isTellingField(words: readonly string[]): boolean {
  return words.length > 0 && kindsOf(words).length > 0
}

/** Values that are what the name of their column or key says, whole: an age, a postcode, the number of a document. */
export const fieldValueRecognizer: Recognizer = {
  name: 'field-value',
  types: [...new Set(kinds.map(kind => kind.type))],
  signs: Sign.digit,
  find(document: TextDocument, report: (finding: Finding) => void): void {
    if (document.field.length === 0 || document.text.length > longestValue) return
    const value = document.text.trim()
    const start = document.text.indexOf(value)
    for (const kind of kindsOf(document.field)) {
      if (!kind.value.test(value) || kind.accepts?.(value) === false) continue
      report({type: kind.type, start, end: start + value.length, score: 0.8, evidence: ['field']})
    }
  },
}

const longestValue = 40
