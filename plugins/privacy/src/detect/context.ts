import type {EntityType} from './entity.ts'
import type {TextDocument} from './text-document.ts'
import {tokenAtOrAfter} from './tokens.ts'

/**
 * Words near a number that say what it is, folded. A word that ends in `*` is a stem: Slovenian and English inflect. Where
 * a word of one type stands beside a number of another, nothing happens.
 */
const contextWords: Partial<Record<EntityType, string>> = {
  PHONE_NUMBER:
    'phone* telephone* telefon* tel mobile mobil* mob gsm cell cellphone fax faks call* dial* desk sms text* whatsapp viber kontakt* contact* answering message* reach* registered poklic* klic* dosegljiv*',
  CREDIT_CARD: 'card* credit debit visa mastercard maestro amex cc pan kartic* kreditn* placiln*',
  IBAN: 'iban account* bank* transfer* racun* trr nakaz*',
  BANK_ACCOUNT: 'account* bank* racun* trr nakaz*',
  IP_ADDRESS: 'ip ipv4 ipv6 address* host* server* client* naslov* streznik*',
  US_SSN: 'ssn social security taxpayer',
  SI_EMSO: 'emso maticn* obcan*',
  TAX_NUMBER: 'davcn* ddv vat tax tin zavezan* id',
  REGISTRATION_NUMBER: 'maticn* registration register* registrsk* podjet* company',
  DATE_OF_BIRTH: 'born birth* dob birthday birthdate rojen* rojst*',
  DATE_TIME: 'date* datum* dne day on when',
  POSTCODE: 'zip zips zipcode* postcode* postal postn*',
  NATIONAL_ID: 'id identity national osebn*',
}

interface Words {
  readonly whole: ReadonlySet<string>
  readonly stems: readonly string[]
}

const compiled = new Map<EntityType, Words>(
  Object.entries(contextWords).map(([type, text]) => {
    const words = text.split(/\s+/)
    return [
      type as EntityType,
      {
        whole: new Set(words.filter(word => !word.endsWith('*'))),
        stems: words.filter(word => word.endsWith('*')).map(word => word.slice(0, -1)),
      },
    ]
  }),
)

const wordsBefore = 7
const wordsAfter = 3
const farthest = 80

/** The context word that supports a type at a place, or undefined: among the nearest words before and after, or the field's name. */
export function contextWord(document: TextDocument, type: EntityType, start: number, end: number): string | undefined {
  const words = compiled.get(type)
  if (!words) return undefined
  const field = document.field.find(word => matches(words, word))
  if (field !== undefined) return field
  const first = tokenAtOrAfter(document.tokens, start)
  for (let token = first - 1; token >= Math.max(0, first - wordsBefore); token--) {
    if (start - document.end(token) > farthest) break
    const word = document.folded(token)
    if (matches(words, word)) return word
  }
  const after = tokenAtOrAfter(document.tokens, end)
  for (let token = after; token < Math.min(document.tokens.count, after + wordsAfter); token++) {
    if (document.start(token) - end > farthest / 2 || document.text.slice(end, document.start(token)).includes('\n'))
      break
    const word = document.folded(token)
    if (matches(words, word)) return word
  }
  return undefined
}

function matches(words: Words, word: string): boolean {
  return words.whole.has(word) || words.stems.some(stem => word.startsWith(stem))
}
