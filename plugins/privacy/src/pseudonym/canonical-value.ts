import type {EntityType} from '../detect/entity.ts'
import {normalizeText} from '../detect/normalize.ts'

const compact: ReadonlySet<EntityType> = new Set([
  'IBAN',
  'BANK_ACCOUNT',
  'CREDIT_CARD',
  'US_SSN',
  'NATIONAL_ID',
  'SI_EMSO',
  'TAX_NUMBER',
  'REGISTRATION_NUMBER',
  'PASSPORT',
  'DRIVER_LICENSE',
])

/**
 * A value as it is compared: two spellings of one value are to get one pseudonym. Addresses of e-mail and names in small letters, numbers
 * without separators, everything composed (NFC) and without double spaces.
 */
export function canonicalValue(type: EntityType | undefined, value: string): string {
  const plain = normalizeText(value).text.normalize('NFC').trim().replace(/\s+/g, ' ')
  if (type === undefined) return plain
  if (type === 'PHONE_NUMBER') return plain.replace(/[^\d+]/g, '').replace(/^00/, '+')
  if (compact.has(type)) return plain.replace(/[\s.-]/g, '').toUpperCase()
  return plain.toLowerCase()
}
