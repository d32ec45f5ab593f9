/**
 * Whether this is the number of a Slovenian bank account (TRR) without the IBAN's `SI56`: five digits of bank and branch, eight of
 * the account, and two check digits by ISO 7064 MOD 97-10 over all fifteen.
 *
 * Rule: Bank of Slovenia, Sklep o uporabi IBAN (construction of the account number, BBAN).
 */
export function isSlovenianBankAccount(digits: string): boolean {
  return /^\d{15}$/.test(digits) && BigInt(digits) % 97n === 1n
}
