import {existsSync} from 'node:fs'
import {join, resolve} from 'node:path'
import type {AnonymizationRequest} from '../../src/anonymity/anonymization-request.ts'
import type {HierarchySource} from '../../src/anonymity/hierarchy-source.ts'
import {openCsv, readSmallCsv, type TableSource} from '../../src/table/table-source.ts'

const root = resolve(import.meta.dirname, '../../../..')
const shared = process.env.OMNI_SHARED_DATA ?? resolve(root, '../shared/data')
const directory = join(shared, 'privacy/adult')

/** Whether the Adult table of ARX's tests is on this machine; prints a notice where it is not. */
export function hasAdult(): boolean {
  const found = existsSync(join(directory, 'adult.csv'))
  if (!found) process.stderr.write(`skipped: ${directory} is missing (set OMNI_SHARED_DATA)\n`)
  return found
}

export function adultTable(): Promise<TableSource> {
  return openCsv(join(directory, 'adult.csv'))
}

export async function adultHierarchy(attribute: string): Promise<HierarchySource> {
  return {kind: 'rows', rows: await readSmallCsv(join(directory, `adult_hierarchy_${attribute}.csv`), ';')}
}

/** A request over all columns of Adult that are not sensitive, with ARX's hierarchies. */
export async function adultRequest(changes: Partial<AnonymizationRequest>): Promise<AnonymizationRequest> {
  const {header} = await adultTable()
  const sensitive = changes.sensitive ?? []
  const names = header.filter(name => !sensitive.some(({attribute}) => attribute === name))
  return {
    quasiIdentifiers: await Promise.all(names.map(async name => ({name, hierarchy: await adultHierarchy(name)}))),
    sensitive,
    keep: [],
    k: 5,
    suppressionLimit: 0,
    algorithm: 'optimal',
    objective: 'entropy',
    riskThreshold: 0.2,
    ...changes,
  }
}
