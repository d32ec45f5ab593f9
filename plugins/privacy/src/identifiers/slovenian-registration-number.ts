import {weightedSum} from './weighted-sum.ts'

const weights = [7, 6, 5, 4, 3, 2]

/**
 * Whether this is a Slovenian registration number of a business (matična številka poslovnega subjekta): six digits, a
 * check digit modulo 11 with weights 7 to 2 (10 is written 0, and 11 is never assigned), and for a part of a business three more
 * places, of which the first may be a letter.
 *
 * Rule: Uredba o vodenju in vzdrževanju Poslovnega registra Slovenije (URED7599).
 */
export function isSlovenianRegistrationNumber(text: string): boolean {
  if (!/^\d{7}(?:[A-Z0-9]\d{2})?$/.test(text)) return false
  const check = 11 - (weightedSum(text, weights) % 11)
  return check !== 11 && check % 10 === text.charCodeAt(6) - 48
}
