import {weightedSum} from './weighted-sum.ts'

const weights = [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]

/** What an EMŠO says about its bearer. */
export interface Emso {
  /** ISO 8601, `YYYY-MM-DD`. */
  readonly born: string
  /** Where it was first assigned; 50 to 59 are Slovenia's. */
  readonly region: number
  readonly sex: 'male' | 'female'
}

/**
 * Reads an EMŠO (enotna matična številka občana), 13 digits DDMMLLLRRSSSK: date of birth with the last three digits of
 * the year, region, sequence (below 500 for men) and a check digit modulo 11 with weights 7 6 5 4 3 2 7 6 5 4 3 2; a
 * number whose check digit would be 10 is never assigned. Undefined where it is none.
 *
 * Rule: Zakon o centralnem registru prebivalstva (ZCRP), Article 5 and 6, and the regulation on assigning the EMŠO.
 */
export function parseEmso(text: string): Emso | undefined {
  if (!/^\d{13}$/.test(text)) return undefined
  const check = (11 - (weightedSum(text, weights) % 11)) % 11
  if (check === 10 || check !== text.charCodeAt(12) - 48) return undefined
  const day = Number(text.slice(0, 2))
  const month = Number(text.slice(2, 4))
  const shortYear = Number(text.slice(4, 7))
  const year = shortYear < 800 ? 2000 + shortYear : 1000 + shortYear
  if (!isCalendarDate(year, month, day)) return undefined
  return {
    born: `${year}-${text.slice(2, 4)}-${text.slice(0, 2)}`,
    region: Number(text.slice(7, 9)),
    sex: Number(text.slice(9, 12)) < 500 ? 'male' : 'female',
  }
}

/** Whether the Gregorian calendar has this day. Month and day count from 1. */
export function isCalendarDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false
  return day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
}
