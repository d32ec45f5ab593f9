import {InvalidInputError} from '@omni-ops/core/operation'
import {parsePhoneNumberFromString} from 'libphonenumber-js/max'

/** By what the ledger knows somebody. The names are its columns. */
export type PersonKind = 'email' | 'phone' | 'user_id'

export interface Person {
  readonly kind: PersonKind
  /** As it is compared: an address in small letters, a phone number as E.164 has it. */
  readonly value: string
}

/**
 * Tells an e-mail address, an international phone number and an identifier of one's own apart, and writes each in the
 * one way in which it is stored and looked up.
 * @throws InvalidInputError where it is empty
 */
export function personFrom(user: string): Person {
  const text = user.trim().normalize('NFC')
  if (text === '')
    throw new InvalidInputError('Nobody is named', {hint: 'give an e-mail address, a phone number or an id'})
  if (/^[^\s@]+@[^\s@]+$/.test(text)) return {kind: 'email', value: text.toLowerCase()}
  const phone = text.startsWith('+') ? parsePhoneNumberFromString(text) : undefined
  if (phone?.isPossible() === true) return {kind: 'phone', value: phone.number}
  return {kind: 'user_id', value: text}
}
