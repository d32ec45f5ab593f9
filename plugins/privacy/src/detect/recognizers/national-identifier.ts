import type {Validator} from 'stdnum'
import {fold} from '../fold.ts'
import type {EntityType} from '../entity.ts'
import {type Finding, type Recognizer, Sign} from '../recognizer.ts'
import type {TextDocument} from '../text-document.ts'
import {TokenKind} from '../tokens.ts'

/** One kind of number of one country: what it looks like, the words that announce it, and the check in stdnum. */
interface NationalIdentifier {
  readonly type: EntityType
  readonly country: string
  readonly number: string
  readonly shape: RegExp
  /** Folded; without one of them in sight the number stays below the threshold. */
  readonly words: readonly string[]
  /** How much a passed check says by itself: letters at fixed places and dates say more than one digit modulo 11. */
  readonly score: number
}

const shapes: readonly NationalIdentifier[] = [
  {type: 'US_SSN', country: 'US', number: 'ssn', shape: /\d{3}-\d{2}-\d{4}/, words: [], score: 0.7},
  {type: 'US_SSN', country: 'US', number: 'ssn', shape: /\d{3} \d{2} \d{4}/, words: ['ssn', 'social'], score: 0.45},
  {type: 'US_SSN', country: 'US', number: 'ssn', shape: /\d{9}/, words: ['ssn', 'social'], score: 0.2},
  {
    type: 'NATIONAL_ID',
    country: 'GB',
    number: 'nino',
    shape: /[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]/i,
    words: ['insurance', 'nino', 'ni'],
    score: 0.6,
  },
  {
    type: 'NATIONAL_ID',
    country: 'IT',
    number: 'codicefiscale',
    shape: /[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]/i,
    words: ['codice', 'fiscale'],
    score: 0.9,
  },
  {
    type: 'NATIONAL_ID',
    country: 'ES',
    number: 'dni',
    shape: /\d{8}-?[A-HJ-NP-TV-Z]/i,
    words: ['dni', 'nif'],
    score: 0.6,
  },
  {
    type: 'NATIONAL_ID',
    country: 'ES',
    number: 'nie',
    shape: /[XYZ]-?\d{7}-?[A-HJ-NP-TV-Z]/i,
    words: ['nie'],
    score: 0.65,
  },
  {
    type: 'NATIONAL_ID',
    country: 'FR',
    number: 'nir',
    shape: /[12] ?\d{2} ?\d{2} ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2}/i,
    words: ['nir', 'securite', 'sociale'],
    score: 0.5,
  },
  {
    type: 'NATIONAL_ID',
    country: 'DE',
    number: 'idnr',
    shape: /\d{11}|\d{2} \d{3} \d{3} \d{3}/,
    words: ['steuer', 'idnr', 'identifikationsnummer', 'steuerid'],
    score: 0.25,
  },
  {type: 'NATIONAL_ID', country: 'HR', number: 'oib', shape: /\d{11}/, words: ['oib'], score: 0.25},
  {type: 'NATIONAL_ID', country: 'PL', number: 'pesel', shape: /\d{11}/, words: ['pesel'], score: 0.3},
  {
    type: 'NATIONAL_ID',
    country: 'NL',
    number: 'bsn',
    shape: /\d{9}/,
    words: ['bsn', 'burgerservicenummer'],
    score: 0.2,
  },
  {
    type: 'NATIONAL_ID',
    country: 'BE',
    number: 'nn',
    shape: /\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}/,
    words: ['rijksregister', 'national', 'insz'],
    score: 0.7,
  },
  {
    type: 'NATIONAL_ID',
    country: 'SE',
    number: 'personnummer',
    shape: /(?:\d{2})?\d{6}[-+]\d{4}/,
    words: ['personnummer'],
    score: 0.55,
  },
  {
    type: 'NATIONAL_ID',
    country: 'FI',
    number: 'hetu',
    shape: /\d{6}[-+A-FU-Y]\d{3}[\dA-FHJ-NPR-Y]/,
    words: ['hetu', 'henkilotunnus'],
    score: 0.8,
  },
  {type: 'NATIONAL_ID', country: 'DK', number: 'cpr', shape: /\d{6}-\d{4}/, words: ['cpr'], score: 0.35},
  {
    type: 'NATIONAL_ID',
    country: 'NO',
    number: 'fodselsnummer',
    shape: /\d{6} ?\d{5}/,
    words: ['fodselsnummer', 'personnummer'],
    score: 0.35,
  },
  {type: 'NATIONAL_ID', country: 'CZ', number: 'rc', shape: /\d{6}\/\d{3,4}/, words: ['rodne', 'rc'], score: 0.6},
  {type: 'NATIONAL_ID', country: 'PT', number: 'nif', shape: /\d{9}/, words: ['nif', 'contribuinte'], score: 0.2},
  {
    type: 'NATIONAL_ID',
    country: 'CH',
    number: 'ssn',
    shape: /756\.\d{4}\.\d{4}\.\d{2}/,
    words: ['ahv', 'avs'],
    score: 0.9,
  },
  {
    type: 'NATIONAL_ID',
    country: 'CA',
    number: 'sin',
    shape: /\d{3}[ -]\d{3}[ -]\d{3}/,
    words: ['sin', 'social'],
    score: 0.3,
  },
  {type: 'NATIONAL_ID', country: 'BR', number: 'cpf', shape: /\d{3}\.\d{3}\.\d{3}-\d{2}/, words: ['cpf'], score: 0.85},
  {
    type: 'NATIONAL_ID',
    country: 'IN',
    number: 'aadhaar',
    shape: /[2-9]\d{3} ?\d{4} ?\d{4}/,
    words: ['aadhaar', 'uidai'],
    score: 0.35,
  },
  {
    type: 'NATIONAL_ID',
    country: 'IN',
    number: 'pan',
    shape: /[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]/,
    words: ['pan', 'tax'],
    score: 0.55,
  },
  {type: 'NATIONAL_ID', country: 'AU', number: 'tfn', shape: /\d{3} \d{3} \d{3}/, words: ['tfn', 'tax'], score: 0.25},
  {
    type: 'NATIONAL_ID',
    country: 'TR',
    number: 'tckimlik',
    shape: /[1-9]\d{10}/,
    words: ['kimlik', 'tckn', 'tc'],
    score: 0.3,
  },
]

type Validators = Readonly<Record<string, Readonly<Record<string, Validator>>>>

interface Compiled extends NationalIdentifier {
  readonly pattern: RegExp
  readonly validator: Validator
  /** Begins with a digit: looked for where groups of digits begin; the others where words with digits do. */
  readonly digitsFirst: boolean
}

/** National numbers of persons, by shape and stdnum's check digits; ambiguous ones count only beside their own name. */
export class NationalIdentifierRecognizer implements Recognizer {
  readonly name = 'national-identifier'
  readonly types = ['US_SSN', 'NATIONAL_ID'] as const
  readonly signs = Sign.digit
  readonly #numbers: readonly Compiled[]
  /** The shapes that begin with a digit all in one: a text has many numbers, and few have any of the shapes. */
  readonly #anyDigits: RegExp

  constructor(validators: Validators) {
    this.#numbers = shapes.map(each => {
      const validator = validators[each.country]?.[each.number]
      if (!validator) throw new TypeError(`stdnum has no ${each.country} ${each.number}`)
      const digitsFirst = /^[\\([]/.test(each.shape.source) && !/^\[[A-Z]/.test(each.shape.source)
      const flags = `y${each.shape.flags}`
      const pattern = new RegExp(`(?<![\\w.,-])(?:${each.shape.source})(?![\\w-]|[.,]\\d)`, flags)
      return {...each, pattern, validator, digitsFirst}
    })
    const shapesOfDigits = this.#numbers.filter(each => each.digitsFirst).map(each => each.pattern.source)
    this.#anyDigits = new RegExp(shapesOfDigits.join('|'), 'iy')
  }

  find(document: TextDocument, report: (finding: Finding) => void): void {
    const {text, tokens} = document
    for (let token = 0; token < tokens.count; token++) {
      const kind = document.kind(token)
      if (kind !== TokenKind.identifier && kind !== TokenKind.upper) continue
      if (!/\d/.test(text.slice(document.start(token), document.end(token) + 2))) continue
      this.#tryAt(document, document.start(token), false, report)
    }
    for (const run of document.numberRuns) {
      if (run.digits < fewestDigits) continue
      for (const start of run.starts) {
        this.#anyDigits.lastIndex = start
        if (this.#anyDigits.test(text)) this.#tryAt(document, start, true, report)
      }
    }
  }

  #tryAt(document: TextDocument, start: number, digitsFirst: boolean, report: (finding: Finding) => void): void {
    for (const number of this.#numbers) {
      if (number.digitsFirst !== digitsFirst) continue
      number.pattern.lastIndex = start
      const match = number.pattern.exec(document.text)
      if (match) judge(document, number, start, match[0], report)
    }
  }
}

function judge(
  document: TextDocument,
  number: Compiled,
  start: number,
  value: string,
  report: (finding: Finding) => void,
): void {
  if (!passes(number.validator, value)) return
  const named = isNamed(document, start, number.words)
  report({
    type: number.type,
    start,
    end: start + value.length,
    score: named ? Math.max(0.85, number.score) : number.score,
    evidence: [`${number.country} ${number.number}`, 'check digits', ...(named ? ['named'] : [])],
  })
}

/** stdnum makes an error of every number that is none: without their traces they cost little. */
function passes(validator: Validator, value: string): boolean {
  const {stackTraceLimit} = Error
  Error.stackTraceLimit = 0
  try {
    return validator.validate(value).isValid
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

const sight = 60
/** An Italian tax code begins with letters; what begins with a digit has at least seven of them. */
const fewestDigits = 7

function isNamed(document: TextDocument, start: number, words: readonly string[]): boolean {
  if (words.length === 0) return false
  if (document.field.some(word => words.includes(word))) return true
  const before = fold(document.text.slice(Math.max(0, start - sight), start)).split(/[^\p{L}]+/u)
  return before.some(word => words.includes(word))
}
