import {getCountrySpecifications, isValidIBAN} from 'ibantools'
import {type CountryCode, isPossiblePhoneNumber, isSupportedCountry, isValidPhoneNumber} from 'libphonenumber-js/max'
import {stdnum, type Validator} from 'stdnum'
import {parse} from 'tldts'
import type {IbanRules} from './recognizers/iban.ts'
import type {PhoneRules} from './recognizers/phone.ts'

// Imported as a whole, and only when a detector is made: together they are several megabytes.

/** Whether a host is an IP address, or a name under a suffix of the public suffix list that ICANN delegates. */
export function hasKnownSuffix(host: string): boolean {
  const {isIcann, isIp, domain} = parse(host, {allowPrivateDomains: false})
  return isIp === true || (isIcann === true && domain !== null)
}

export function ibanRules(): IbanRules {
  const countries = getCountrySpecifications()
  return {lengthOf: country => countries[country]?.chars ?? undefined, isValid: iban => isValidIBAN(iban)}
}

/** Phone rules that take a national number for one of these regions; codes of ISO 3166-1, unknown ones left out. */
export function phoneRules(regions: readonly string[]): PhoneRules {
  const supported = regions.filter((region): region is CountryCode => isSupportedCountry(region))
  return {
    isValid: number =>
      number.startsWith('+')
        ? isValidPhoneNumber(number)
        : supported.some(region => isValidPhoneNumber(number, region)),
    isPossibleInternational: number => isPossiblePhoneNumber(number.replace(/^00/, '+')),
  }
}

export const nationalNumbers: Readonly<Record<string, Readonly<Record<string, Validator>>>> = stdnum
