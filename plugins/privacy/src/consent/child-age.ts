import {readFileSync} from 'node:fs'
import {parse} from 'yaml'
import * as z from 'zod'
import {type CivilDate, yearOf} from '../clock/civil-date.ts'
import {dataFile} from '../law/data-file.ts'

const Age = z.strictObject({
  age: z.int().min(13).max(16),
  citation: z.string(),
  verified: z.boolean(),
  read: z.strictObject({where: z.url(), on: z.iso.date()}).optional(),
})
const Ages = z.strictObject({default: Age, lowest: z.int(), countries: z.record(z.string(), Age)})

/** From which age somebody consents alone to an information society service, and which law says so. */
export type ConsentAge = z.output<typeof Age>

let ages: z.output<typeof Ages> | undefined

/**
 * By the country's ISO 3166-1 code. A country that this program knows no age of has the 16 of the GDPR, article 8(1),
 * the highest there is.
 */
export function consentAge(country: string): ConsentAge {
  ages ??= Ages.parse(parse(readFileSync(dataFile('child-ages.yaml'), 'utf8')))
  return ages.countries[country] ?? ages.default
}

/** Whether somebody has reached an age; on their birthday they have, and one of 29 February on 1 March. */
export function hasReached(age: number, born: CivilDate, today: CivilDate): boolean {
  return today >= `${String(yearOf(born) + age).padStart(4, '0')}${born.slice(4)}`
}
