import {weightedSum} from './weighted-sum.ts'

const weights = [8, 7, 6, 5, 4, 3, 2]

/**
 * Whether this is a Slovenian tax number (davčna številka), of a person or a company: eight digits of which the first
 * is not 0; the last is 11 minus the weighted sum modulo 11, where 10 becomes 0 and 11 is never assigned. With `SI` before it, it is the VAT
 * identification number.
 *
 * Rule: Zakon o davčnem postopku (ZDavP-2) and the Tax Administration's rules on the tax register; the same algorithm as VIES.
 */
export function isSlovenianTaxNumber(text: string): boolean {
  if (!/^[1-9]\d{7}$/.test(text)) return false
  const check = 11 - (weightedSum(text, weights) % 11)
  return check !== 11 && check % 10 === text.charCodeAt(7) - 48
}
