import type {EntityType} from './entity.ts'
import {Detector} from './detector.ts'
import type {Recognizer} from './recognizer.ts'
import {cryptoAddressRecognizer} from './recognizers/crypto-address.ts'
import {dateRecognizer} from './recognizers/date.ts'
import {EmailRecognizer} from './recognizers/email.ts'
import {fieldValueRecognizer} from './recognizers/field-value.ts'
import {IbanRecognizer} from './recognizers/iban.ts'
import {labelledIdentifierRecognizer} from './recognizers/labelled-identifier.ts'
import {NationalIdentifierRecognizer} from './recognizers/national-identifier.ts'
import {networkAddressRecognizer} from './recognizers/network-address.ts'
import {paymentCardRecognizer} from './recognizers/payment-card.ts'
import {lexicon} from './lexicon/lexicon.ts'
import {AddressRecognizer} from './recognizers/address.ts'
import {ageRecognizer, NationalityRecognizer, postcodeRecognizer} from './recognizers/demographic.ts'
import {OrganizationRecognizer} from './recognizers/organization.ts'
import {PlaceRecognizer} from './recognizers/place.ts'
import {ProperNameRecognizer} from './recognizers/proper-name.ts'
import {PersonRecognizer} from './recognizers/person.ts'
import {PhoneRecognizer} from './recognizers/phone.ts'
import {slovenianIdentifierRecognizer} from './recognizers/slovenian-identifier.ts'
import {UrlRecognizer} from './recognizers/url.ts'

export interface CreateDetectorOptions {
  /** Only these; all by default. */
  readonly types?: readonly EntityType[]
  /** Spans below are left out; from 0 to 1. */
  readonly threshold?: number
  /** ISO 3166-1 codes of the countries whose national phone numbers are checked. */
  readonly regions?: readonly string[]
  /** Further recognizers, such as a model for names. */
  readonly recognizers?: readonly Recognizer[]
}

export const defaultRegions = [
  'SI',
  'US',
  'GB',
  'DE',
  'AT',
  'IT',
  'HR',
  'FR',
  'ES',
  'NL',
  'BE',
  'CH',
  'SE',
  'NO',
  'DK',
  'FI',
  'PL',
  'CZ',
  'HU',
  'AU',
] as const

/** A detector with every recognizer of the program. Loads the rule sets of phones, IBANs, suffixes and national numbers once. */
export async function createDetector(options: CreateDetectorOptions = {}): Promise<Detector> {
  const {hasKnownSuffix, ibanRules, phoneRules, nationalNumbers} = await import('./rule-sets.ts')
  const recognizers: Recognizer[] = [
    new EmailRecognizer(hasKnownSuffix),
    new UrlRecognizer(hasKnownSuffix),
    new IbanRecognizer(ibanRules()),
    paymentCardRecognizer,
    networkAddressRecognizer,
    cryptoAddressRecognizer,
    slovenianIdentifierRecognizer,
    new NationalIdentifierRecognizer(nationalNumbers),
    labelledIdentifierRecognizer,
    fieldValueRecognizer,
    dateRecognizer,
    new PhoneRecognizer(phoneRules(options.regions ?? defaultRegions)),
    ageRecognizer,
    postcodeRecognizer,
    new AddressRecognizer(lexicon()),
    new NationalityRecognizer(lexicon()),
    new PlaceRecognizer(lexicon()),
    new OrganizationRecognizer(lexicon()),
    new PersonRecognizer(lexicon()),
    new ProperNameRecognizer(lexicon()),
    ...(options.recognizers ?? []),
  ]
  return new Detector({
    recognizers,
    ...(options.types === undefined ? {} : {types: options.types}),
    ...(options.threshold === undefined ? {} : {threshold: options.threshold}),
  })
}
