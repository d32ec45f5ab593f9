/** Everything the detector tells apart. HIPAA's 18 identifiers (45 CFR 164.514(b)(2)) map onto these, see docs/privacy-detect.md. */
export type EntityType =
  | 'PERSON'
  | 'TITLE'
  | 'AGE'
  | 'NATIONALITY'
  | 'DATE_OF_BIRTH'
  | 'DATE_TIME'
  | 'EMAIL_ADDRESS'
  | 'PHONE_NUMBER'
  | 'ADDRESS'
  | 'POSTCODE'
  | 'LOCATION'
  | 'ORGANIZATION'
  | 'IBAN'
  | 'BANK_ACCOUNT'
  | 'CREDIT_CARD'
  | 'CRYPTO_ADDRESS'
  | 'IP_ADDRESS'
  | 'MAC_ADDRESS'
  | 'URL'
  | 'US_SSN'
  | 'NATIONAL_ID'
  | 'SI_EMSO'
  | 'TAX_NUMBER'
  | 'REGISTRATION_NUMBER'
  | 'PASSPORT'
  | 'DRIVER_LICENSE'
  | 'VEHICLE_ID'
  | 'DEVICE_ID'
  | 'MEDICAL_RECORD'
  | 'HEALTH_PLAN'
  | 'CERTIFICATE'

/** A piece of text that a recognizer takes for personal data. */
export interface Span {
  readonly type: EntityType
  /** UTF-16 offsets into the text as it was given; the end is exclusive. */
  readonly start: number
  readonly end: number
  /** From 0 to 1; comparable between types. */
  readonly score: number
  /** Which recognizer found it. */
  readonly recognizer: string
  /** Why, in the order in which it was decided: shape, check digits, context words, resolution. */
  readonly evidence: readonly string[]
}
