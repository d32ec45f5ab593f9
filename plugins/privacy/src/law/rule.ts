import {readFileSync} from 'node:fs'
import {parse} from 'yaml'
import * as z from 'zod'
import {dataFile} from './data-file.ts'

const Read = z.strictObject({where: z.url(), on: z.iso.date()})

/** A length of time as a law counts it; exactly one unit. */
const Period = z.union([
  z.strictObject({months: z.int().positive()}),
  z.strictObject({days: z.int().positive()}),
  z.strictObject({business_days: z.int().positive()}),
  z.strictObject({hours: z.int().positive()}),
])
export type Period = z.output<typeof Period>

const ClockRule = z.strictObject({
  rights: z.array(z.string()).min(1),
  confirmation: Period.optional(),
  answer: Period,
  extension: z
    .union([
      z.strictObject({months: z.int().positive(), told_within: Period}),
      z.strictObject({days: z.int().positive(), told_within: Period}),
    ])
    .optional(),
  /**
   * `eu`: a period that ends on a day free of work runs on to the next working day (Regulation 1182/71). `calendar`: it
   * ends when it ends. `hours`: from hour to hour, through nights and holidays.
   */
  reckoning: z.enum(['eu', 'calendar', 'hours']),
  rules: z.array(z.string()).min(1),
})
/** How long one has to answer, in one law. */
export type ClockRule = z.output<typeof ClockRule>

const Law = z.strictObject({
  law: z.string(),
  title: z.string(),
  source: z.url(),
  read: Read.optional(),
  since: z.iso.date(),
  rules: z.array(
    z.strictObject({
      id: z.string(),
      article: z.string(),
      summary: z.string(),
      verified: z.boolean(),
      read: Read.optional(),
      since: z.iso.date().optional(),
    }),
  ),
  clocks: z.array(ClockRule),
})

/** One rule of a law, in our words. */
export interface LegalRule {
  readonly id: string
  /** As one cites it: `GDPR, Article 12(3)`. */
  readonly citation: string
  /** ISO 8601: from when it applies. */
  readonly since: string
  readonly summary: string
  /** Where the law itself is published. */
  readonly source: string
  /** Whether its text was read, in `read.where`, when this was written. If not, look it up before relying on it. */
  readonly verified: boolean
  readonly read: {readonly where: string; readonly on: string} | undefined
}

const laws = ['gdpr', 'eu-1182-71', 'ccpa', 'zvop-2', 'zekom-2'] as const
export type LawName = (typeof laws)[number]

/** Every rule that this program cites, law by law. */
export function rules(): readonly LegalRule[] {
  return [...lawBook().rules.values()]
}

/** The rule with an id such as `gdpr.12.3`. @throws RangeError for an id that no file defines, a mistake of ours */
export function rule(id: string): LegalRule {
  const found = lawBook().rules.get(id)
  if (found === undefined) throw new RangeError(`No rule ${id}`)
  return found
}

/** How long one has, for one right under one law; undefined where the law does not know that right. */
export function clockRule(law: LawName, right: string): ClockRule | undefined {
  return lawBook()
    .clocks.get(law)
    ?.find(({rights}) => rights.includes(right))
}

/** The rights that a law sets a time for. */
export function clockedRights(law: LawName): readonly string[] {
  return (lawBook().clocks.get(law) ?? []).flatMap(({rights}) => rights)
}

/** Citations in one line; those whose text was not read say so. */
export function citationOf(ids: readonly string[]): string {
  return ids.map(id => markedCitation(rule(id))).join('; ')
}

function markedCitation({citation, verified}: LegalRule): string {
  return verified ? citation : `${citation} (not verified)`
}

interface LawBook {
  readonly rules: ReadonlyMap<string, LegalRule>
  readonly clocks: ReadonlyMap<LawName, readonly ClockRule[]>
}

let book: LawBook | undefined

// The files are part of the program and never change while it runs.
function lawBook(): LawBook {
  book ??= readLaws()
  return book
}

function readLaws(): LawBook {
  const parsed = laws.map(name => {
    const law = Law.parse(parse(readFileSync(dataFile(`rules/${name}.yaml`), 'utf8')))
    return {name, law}
  })
  return {
    rules: new Map(parsed.flatMap(({law}) => rulesOf(law).map(each => [each.id, each]))),
    clocks: new Map(parsed.map(({name, law}) => [name, law.clocks])),
  }
}

function rulesOf({law, source, since, read, rules: list}: z.output<typeof Law>): LegalRule[] {
  return list.map(each => ({
    id: each.id,
    citation: `${law}, ${each.article}`,
    since: each.since ?? since,
    summary: each.summary,
    source,
    verified: each.verified,
    read: each.verified ? (each.read ?? read) : undefined,
  }))
}
