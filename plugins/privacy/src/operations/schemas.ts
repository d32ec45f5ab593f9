import * as z from 'zod'
import type {EntityType} from '../detect/entity.ts'
import type {MaskStyle} from '../mask/replacement.ts'
import type {AlphabetName} from '../format-preserving/alphabet.ts'
import type {PseudonymMethod} from '../pseudonym/pseudonyms-for.ts'
import type {TokenMode} from '../vault/vault.ts'

export const entityTypes = [
  'PERSON',
  'TITLE',
  'AGE',
  'NATIONALITY',
  'DATE_OF_BIRTH',
  'DATE_TIME',
  'EMAIL_ADDRESS',
  'PHONE_NUMBER',
  'ADDRESS',
  'POSTCODE',
  'LOCATION',
  'ORGANIZATION',
  'IBAN',
  'BANK_ACCOUNT',
  'CREDIT_CARD',
  'CRYPTO_ADDRESS',
  'IP_ADDRESS',
  'MAC_ADDRESS',
  'URL',
  'US_SSN',
  'NATIONAL_ID',
  'SI_EMSO',
  'TAX_NUMBER',
  'REGISTRATION_NUMBER',
  'PASSPORT',
  'DRIVER_LICENSE',
  'VEHICLE_ID',
  'DEVICE_ID',
  'MEDICAL_RECORD',
  'HEALTH_PLAN',
  'CERTIFICATE',
] as const satisfies readonly EntityType[]

export const EntityTypeName = z.enum(entityTypes).meta({id: 'EntityType', description: 'A kind of personal data'})

export const maskStyles = ['numbered', 'label', 'partial', 'block'] as const satisfies readonly MaskStyle[]

export const tokenModes = ['random', 'convergent'] as const satisfies readonly TokenMode[]

export const pseudonymMethods = ['hmac', 'ff1'] as const satisfies readonly PseudonymMethod[]

export const alphabetNames = [
  'digits',
  'hexadecimal',
  'lower',
  'upper',
  'lower-alphanumeric',
  'upper-alphanumeric',
  'alphanumeric',
] as const satisfies readonly AlphabetName[]

export const typesField = z
  .array(EntityTypeName)
  .default([])
  .describe('Only these kinds of personal data; all by default')

export const thresholdField = z
  .number()
  .min(0)
  .max(1)
  .default(0.5)
  .describe('Leave out what is less certain than this, from 0 to 1')

export const textField = z.string().max(1_000_000).describe('The text')

export const DetectedSpan = z
  .object({
    type: EntityTypeName,
    start: z.int().min(0).describe('UTF-16 offset into the text'),
    end: z.int().min(0).describe('Exclusive'),
    score: z.number().min(0).max(1).describe('How certain, from 0 to 1'),
    recognizer: z.string().describe('What found it'),
    evidence: z.array(z.string()).describe('Why, in the order in which it was decided'),
  })
  .meta({id: 'DetectedSpan', description: 'Personal data in a text'})

export const domainField = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be small letters, digits, ., - and _, at most 63')
  .default('default')
  .describe('Whom it is for: each domain has a key of its own')
