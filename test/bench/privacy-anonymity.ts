import {execFileSync} from 'node:child_process'
import {existsSync} from 'node:fs'
import {join, resolve} from 'node:path'
import type {AnonymizationRequest} from '../../plugins/privacy/src/anonymity/anonymization-request.ts'
import {anonymize} from '../../plugins/privacy/src/anonymity/anonymize.ts'
import type {HierarchySource} from '../../plugins/privacy/src/anonymity/hierarchy-source.ts'
import {openCsv, readSmallCsv, tableOf, type TableSource} from '../../plugins/privacy/src/table/table-source.ts'

/*
 * The optima that ARX publishes for the Adult table, Mondrian's information loss on it, and both algorithms on a larger
 * table: `node test/bench/privacy-anonymity.ts`. Every case is a process of its own, so that its memory is its own.
 * Adult and its hierarchies are those of ARX, in `$OMNI_SHARED_DATA/privacy/adult`.
 */

const root = resolve(import.meta.dirname, '../..')
const directory = join(process.env.OMNI_SHARED_DATA ?? resolve(root, '../shared/data'), 'privacy/adult')

interface Case {
  readonly name: string
  /** What is published: levels and cost of the optimum, or a bound of the global certainty penalty. */
  readonly published: string
  readonly run: () => Promise<string>
}

interface Measured {
  readonly name: string
  readonly published: string
  readonly found: string
  readonly seconds: number
  readonly megabytes: number
}

const hierarchy = async (name: string): Promise<HierarchySource> => ({
  kind: 'rows',
  rows: await readSmallCsv(join(directory, `adult_hierarchy_${name}.csv`), ';'),
})

const plain = {
  sensitive: [],
  keep: [],
  k: 5,
  suppressionLimit: 0,
  algorithm: 'optimal',
  objective: 'entropy',
  riskThreshold: 0.2,
} as const

async function adultRequest(changes: Partial<AnonymizationRequest>): Promise<AnonymizationRequest> {
  const {header} = await openCsv(join(directory, 'adult.csv'))
  const sensitive = (changes.sensitive ?? []).map(({attribute}) => attribute)
  const names = header.filter(name => !sensitive.includes(name))
  return {
    quasiIdentifiers: await Promise.all(names.map(async name => ({name, hierarchy: await hierarchy(name)}))),
    ...plain,
    ...changes,
  }
}

async function optimum(changes: Partial<AnonymizationRequest>): Promise<string> {
  const {report} = await anonymize(await openCsv(join(directory, 'adult.csv')), await adultRequest(changes))
  return `${report.search?.cost.toFixed(3)} at ${report.attributes.map(({level}) => level).join()}`
}

/** Adult as the published figure has it: eight attributes, age and years of education as numbers. */
async function mondrian(): Promise<string> {
  const years = ['Preschool', '1st-4th', '5th-6th', '7th-8th', '9th', '10th', '11th', '12th', 'HS-grad', 'Some-college']
  const education = [...years, 'Assoc-voc', 'Assoc-acdm', 'Bachelors', 'Masters', 'Prof-school', 'Doctorate']
  const adult = await openCsv(join(directory, 'adult.csv'))
  const at = adult.header.indexOf('education')
  const rows: string[][] = []
  for await (const row of adult.rows()) rows.push(row.with(at, String(education.indexOf(row[at]!) + 1)))
  const categorical = ['workclass', 'marital-status', 'occupation', 'race', 'sex', 'native-country']
  const quasiIdentifiers = [
    ...['age', 'education'].map(name => ({name, hierarchy: {kind: 'interval', width: 1} as const})),
    ...(await Promise.all(categorical.map(async name => ({name, hierarchy: await hierarchy(name)})))),
  ]
  const request = await adultRequest({k: 10, algorithm: 'mondrian', quasiIdentifiers})
  const {report} = await anonymize(tableOf('adult', adult.header, rows), request)
  return `${(report.informationLoss.certaintyPenalty * 100).toFixed(2)} %`
}

/** A million rows of 200,000 persons, from a fixed sequence. */
function largeTable(): TableSource {
  const header = ['person', 'age', 'zip', 'sex', 'year']
  return {
    name: 'a million rows',
    header,
    async *rows() {
      let state = 1
      const next = (below: number) => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
        return Math.floor((state / 2 ** 32) * below)
      }
      for (let row = 0; row < 1_000_000; row++) {
        const person = next(200_000)
        const zip = 1000 + ((Math.imul(person, 7919) >>> 0) % 1000)
        yield [`P${person}`, String(18 + (person % 70)), String(zip), 'fm'[person % 2]!, String(2000 + next(20))]
      }
    },
  }
}

async function large(algorithm: 'optimal' | 'mondrian'): Promise<string> {
  const interval = (name: string, width: number) => ({name, hierarchy: {kind: 'interval', width} as const})
  const {report} = await anonymize(largeTable(), {
    ...plain,
    quasiIdentifiers: [
      interval('age', 5),
      {name: 'zip', hierarchy: {kind: 'redaction'}},
      {name: 'sex', hierarchy: {kind: 'suppression'}},
      interval('year', 2),
    ],
    person: 'person',
    algorithm,
    objective: 'loss',
    k: 10,
  })
  return `certainty penalty ${(report.informationLoss.certaintyPenalty * 100).toFixed(2)} %`
}

const closeness = (distance: 'equal' | 'ordered' | HierarchySource) => [
  {kind: 't-closeness', attribute: 'occupation', t: 0.2, distance} as const,
]
const diversity = [{kind: 'entropy-l-diversity', attribute: 'occupation', l: 5} as const]
const four = 0.04

const cases: readonly Case[] = [
  {name: 'Adult, k=5', published: '407289.539 at 1,2,1,1,3,2,2,1,1', run: () => optimum({})},
  {name: 'Adult, k=5, 4 %', published: '255559.855 at 1,0,1,1,3,2,2,0,1', run: () => optimum({suppressionLimit: four})},
  {name: 'Adult, k=100', published: '453196.893 at 0,4,1,1,3,2,2,1,1', run: () => optimum({k: 100})},
  {
    name: 'Adult, k=100, 4 %',
    published: '379417.346 at 1,1,1,1,3,2,2,1,1',
    run: () => optimum({k: 100, suppressionLimit: four}),
  },
  {
    name: 'Adult, entropy-5-diversity, 4 %',
    published: '228878.204 at 1,0,1,1,2,2,2,1',
    run: () => optimum({k: 1, sensitive: diversity, suppressionLimit: four, objective: 'entropy-with-suppression'}),
  },
  {
    name: 'Adult, k=5, 0.2-closeness (equal), 4 %',
    published: '311880088.000 at 1,4,1,0,3,2,2,1',
    run: () => optimum({sensitive: closeness('equal'), suppressionLimit: four, objective: 'discernibility-star'}),
  },
  {
    name: 'Adult, k=5, 0.2-closeness (ordered), 4 %',
    published: '2712340.000 at 0,0,1,1,2,2,2,0',
    run: () => optimum({sensitive: closeness('ordered'), suppressionLimit: four, objective: 'discernibility-star'}),
  },
  {
    name: 'Adult, k=5, 0.2-closeness (hierarchical), 4 %',
    published: '377622.785 at 1,4,0,0,3,2,2,1',
    run: async () => optimum({sensitive: closeness(await hierarchy('occupation')), suppressionLimit: four}),
  },
  {name: 'Adult, Mondrian, k=10', published: '≤ 12.19 %', run: mondrian},
  {name: '1,000,000 rows of 200,000 persons, optimal, k=10', published: '', run: () => large('optimal')},
  {name: '1,000,000 rows of 200,000 persons, Mondrian, k=10', published: '', run: () => large('mondrian')},
]

async function measure({name, published, run}: Case): Promise<Measured> {
  const start = performance.now()
  const found = await run()
  const seconds = (performance.now() - start) / 1000
  return {name, published, found, seconds, megabytes: process.resourceUsage().maxRSS / 1024}
}

const [only] = process.argv.slice(2)
if (only !== undefined) {
  process.stdout.write(JSON.stringify(await measure(cases[Number(only)]!)))
} else if (!existsSync(join(directory, 'adult.csv'))) {
  process.stderr.write(`skipped: ${directory} is missing (set OMNI_SHARED_DATA)\n`)
} else {
  const measured = cases.map((_, index): Measured => {
    const text = execFileSync(process.execPath, [import.meta.filename, String(index)], {encoding: 'utf8'})
    return JSON.parse(text) as Measured
  })
  process.stdout.write('| case | published | found | seconds | MB |\n|---|---|---|---:|---:|\n')
  for (const {name, published, found, seconds, megabytes} of measured) {
    process.stdout.write(`| ${name} | ${published} | ${found} | ${seconds.toFixed(2)} | ${megabytes.toFixed(0)} |\n`)
  }
  process.stdout.write(`${JSON.stringify(measured)}\n`)
}
