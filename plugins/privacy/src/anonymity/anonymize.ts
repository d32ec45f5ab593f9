import {columnOf} from '../table/encode-columns.ts'
import type {TableSource} from '../table/table-source.ts'
import type {AnonymizationReport} from './anonymization-report.ts'
import {type AnonymizationRequest, requireConsistent} from './anonymization-request.ts'
import {ClassEvaluator} from './equivalence-classes.ts'
import {SourceChangedError} from './errors.ts'
import {Lattice} from './lattice.ts'
import {loadMicrodata, type Roles} from './load-microdata.ts'
import type {Microdata} from './microdata.ts'
import {multidimensionalRecoding, optimalRecoding, type Recoding} from './recoding.ts'
import {type Risk, riskOf} from './risk.ts'

/** A table that satisfies what was asked, and how to read it. */
export interface Anonymization {
  readonly report: AnonymizationReport
  readonly header: readonly string[]
  /** Reads the source again and yields what may be published, in the order of the source. */
  rows(signal?: AbortSignal): AsyncIterable<readonly string[]>
}

export interface AnonymizeOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (decided: number, total: number) => void
}

/**
 * Anonymises a table. Throws NotAnonymizableError where no transformation satisfies the request, TableError,
 * HierarchyError and LatticeTooLargeError.
 */
export async function anonymize(
  source: TableSource,
  request: AnonymizationRequest,
  options: AnonymizeOptions = {},
): Promise<Anonymization> {
  requireConsistent(request)
  for (const name of request.keep) columnOf(source, name)
  const {signal, onProgress} = options
  const {data, sensitive} = await loadMicrodata(source, request, signal)
  const recode = request.algorithm === 'optimal' ? optimalRecoding : multidimensionalRecoding
  const recoding = await recode({data, request, sensitive, signal, onProgress})
  const header = publishedColumns(source, request)
  return {
    report: {
      rows: data.subsetRows,
      persons: data.persons,
      algorithm: request.algorithm,
      k: request.k,
      ...recoding.report,
      suppressedShare: recoding.report.suppressedRows / data.subsetRows,
      risk: {
        before: riskAsIs(data, request.riskThreshold),
        after: riskOf({data, ...recoding, threshold: request.riskThreshold}),
      },
      dropped: source.header.filter(name => !header.includes(name)),
    },
    header,
    rows: readSignal => publishedRows({source, request, data, recoding, header}, readSignal),
  }
}

/** Measures the risk of publishing the quasi-identifiers of a table as they are. Throws TableError. */
export async function measureRisk(
  source: TableSource,
  roles: Omit<Roles, 'quasiIdentifiers' | 'sensitive'> & {readonly quasiIdentifiers: readonly string[]},
  {threshold, signal}: {readonly threshold: number; readonly signal?: AbortSignal},
): Promise<Risk> {
  const quasiIdentifiers = roles.quasiIdentifiers.map(name => ({name, hierarchy: {kind: 'suppression'} as const}))
  const {data} = await loadMicrodata(source, {...roles, quasiIdentifiers, sensitive: []}, signal)
  return riskAsIs(data, threshold)
}

function riskAsIs(data: Microdata, threshold: number): Risk {
  const lattice = new Lattice(data.quasiIdentifiers.map(() => 1))
  const {classOf, classes} = new ClassEvaluator(data, lattice, {k: 1, suppressionLimit: 1}).fullClasses(0)
  return riskOf({data, classOf, suppressed: new Uint8Array(classes), threshold})
}

/** In the order of the source. Whatever has no role is left out: a name beside generalised values would undo them. */
function publishedColumns(source: TableSource, {quasiIdentifiers, sensitive, keep}: AnonymizationRequest): string[] {
  const published = new Set([
    ...quasiIdentifiers.map(({name}) => name),
    ...sensitive.map(({attribute}) => attribute),
    ...keep,
  ])
  return source.header.filter(name => published.has(name))
}

interface Publication {
  readonly source: TableSource
  readonly request: AnonymizationRequest
  readonly data: Microdata
  readonly recoding: Recoding
  readonly header: readonly string[]
}

async function* publishedRows(publication: Publication, signal?: AbortSignal): AsyncGenerator<readonly string[]> {
  const {source, request, data, recoding, header} = publication
  const attributeOf = new Map(request.quasiIdentifiers.map(({name}, attribute) => [name, attribute]))
  const columns = header.map(name => ({attribute: attributeOf.get(name), at: columnOf(source, name)}))
  let index = 0
  for await (const row of source.rows(signal)) {
    const tuple = data.tupleOfRow[index]
    if (tuple === undefined) throw new SourceChangedError(`${source.name} has grown while it was anonymised`)
    const inTable = data.inTable[index] === 1
    index++
    if (!inTable || recoding.suppressed[recoding.classOf[tuple]!]) continue
    const values = recoding.values(tuple)
    yield columns.map(({attribute, at}) => (attribute === undefined ? row[at]! : values[attribute]!))
  }
  if (index < data.rows) throw new SourceChangedError(`${source.name} has shrunk while it was anonymised`)
}
