/** What is done about personal data in a document: nothing, tell, hide, or refuse it. From the mildest to the strictest. */
export const personalDataModes = ['off', 'flag', 'mask', 'block'] as const

export type PersonalDataMode = (typeof personalDataModes)[number]

/** Kinds that say nothing of a person where they stand alone are left out unless `rag.pii_types` asks for them. */
export const defaultPersonalDataTypes = [
  'PERSON',
  'DATE_OF_BIRTH',
  'EMAIL_ADDRESS',
  'PHONE_NUMBER',
  'ADDRESS',
  'IBAN',
  'BANK_ACCOUNT',
  'CREDIT_CARD',
  'CRYPTO_ADDRESS',
  'IP_ADDRESS',
  'MAC_ADDRESS',
  'US_SSN',
  'NATIONAL_ID',
  'SI_EMSO',
  'TAX_NUMBER',
  'PASSPORT',
  'DRIVER_LICENSE',
  'VEHICLE_ID',
  'DEVICE_ID',
  'MEDICAL_RECORD',
  'HEALTH_PLAN',
  'CERTIFICATE',
].join(',')
