import {hasLuhnDigit} from '../../identifiers/payment-card.ts'
import {fold} from '../fold.ts'
import type {EntityType} from '../entity.ts'
import {type Finding, type Recognizer, Sign} from '../recognizer.ts'
import type {TextDocument} from '../text-document.ts'

export interface Label {
  readonly type: EntityType
  /** Alternatives of a regular expression, in small letters. */
  readonly names: string
  readonly value: RegExp
  readonly accepts?: (value: string) => boolean
}

const code = /^[A-Z\d](?:[A-Z\d]|[ /.-](?=[A-Z\d])){3,23}/i
const digits = /^\d(?:\d|[ -](?=\d)){4,19}/

/** Numbers without a check of their own: only their label tells what they are. English and Slovenian. */
export const labels: readonly Label[] = [
  {
    type: 'PASSPORT',
    names: 'passport|potn(?:i|ega|emu) list|številka potnega lista|številko potnega lista',
    value: /^[A-Z]{0,3}\d{6,9}[A-Z]?(?![\w])/i,
  },
  {
    type: 'DRIVER_LICENSE',
    names:
      "driver'?s?'?[ -]?licen[cs]e|driving licen[cs]e|driver’s licen[cs]e|vozniško dovoljenje|vozniškega dovoljenja|dl",
    value: code,
  },
  {
    type: 'VEHICLE_ID',
    names: 'vin|chassis|vehicle identification|številka šasije',
    value: /^[A-HJ-NPR-Z\d]{17}(?!\w)/i,
  },
  {
    type: 'VEHICLE_ID',
    names: 'licen[cs]e plate|number plate|plate|registrska številka|registrska oznaka|registrska tablica|reg\\. ?št',
    value: /^[A-Z\d]{1,3}[ -]?[A-Z\d]{2,4}(?:[ -][A-Z\d]{1,4})?(?!\w)/i,
  },
  {type: 'DEVICE_ID', names: 'imei', value: digits, accepts: value => /^\d{15}$/.test(value) && hasLuhnDigit(value)},
  {type: 'DEVICE_ID', names: 'serial|device id|serijska številka|udid', value: code},
  {
    type: 'MEDICAL_RECORD',
    names: 'mrn|medical record|patient id|patient|številka kartona|matični indeks|spis',
    value: code,
  },
  {
    type: 'HEALTH_PLAN',
    names:
      'health plan|member id|beneficiary|policy|zzzs|zavarovalna številka|številka zavarovanca|kzz|številka police',
    value: code,
  },
  {type: 'BANK_ACCOUNT', names: 'account|acct|bank account|račun|računa|trr', value: digits},
  {type: 'CERTIFICATE', names: 'licen[cs]e|certificate|številka licence|številka certifikata', value: code},
  {type: 'NATIONAL_ID', names: 'id card|identity card|osebna izkaznica|osebne izkaznice|national id', value: code},
]

const between =
  '(?: (?:number|num|no|nr|id|code|card|številka|št))?[.:]?(?: (?:is|was|je|:|=|-))?[:=#]? ?[#"\']?(?:is |je )?'
const pattern = new RegExp(
  `(?<![\\p{L}\\p{N}_])(?:${labels.map(label => `(${label.names})`).join('|')})${between}(?<![\\p{L}\\p{N}_])`,
  'yiu',
)
/** The first words of all labels, folded: elsewhere the pattern is not tried. */
const firstWords: ReadonlySet<string> = new Set(
  labels.flatMap(label =>
    label.names.split('|').map(name => fold(/^[\p{L}]+/u.exec(name.replace(/\(.*|\[.*|\?.*/, ''))?.[0] ?? '')),
  ),
)
const longestValue = 26

/** Identifiers that follow the words which name them: passport, licence, plate, chassis, record, account and the like. */
export const labelledIdentifierRecognizer: Recognizer = {
  name: 'labelled-identifier',
  types: [...new Set(labels.map(label => label.type))],
  signs: Sign.digit,
  find(document: TextDocument, report: (finding: Finding) => void): void {
    const {text} = document
    if (document.numberRuns.length === 0 && !/\d/.test(text)) return
    for (let token = 0; token < document.tokens.count; token++) {
      if (!firstWords.has(document.folded(token))) continue
      pattern.lastIndex = document.start(token)
      const match = pattern.exec(text)
      if (!match) continue
      const label = labels[match.slice(1).findIndex(group => group !== undefined)]
      if (!label) continue
      const start = match.index + match[0].length
      const found = label.value.exec(text.slice(start, start + longestValue))
      if (!found) continue
      const value = found[0]
      const digitCount = value.replace(/\D/g, '').length
      if (digitCount < 3 || digitCount < value.replace(/[\s./-]/g, '').length / 3) continue
      if (label.accepts && !label.accepts(value.replace(/[ -]/g, ''))) continue
      report({
        type: label.type,
        start,
        end: start + value.length,
        score: digitCount >= 5 ? 0.92 : 0.6,
        evidence: [`after "${match[0].trim()}"`],
      })
    }
  },
}
