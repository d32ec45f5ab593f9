import {encodeColumns} from '../table/encode-columns.ts'
import type {TableSource} from '../table/table-source.ts'
import type {AnonymizationRequest} from './anonymization-request.ts'
import {HierarchyError, TableError} from './errors.ts'
import {hierarchyFor} from './hierarchy-source.ts'
import {type EncodedColumn, leafCodes, type Microdata, microdataFrom} from './microdata.ts'
import type {SensitiveModel} from './privacy-models.ts'

/** What a request says of the roles of columns. */
export type Roles = Pick<AnonymizationRequest, 'quasiIdentifiers' | 'sensitive' | 'person' | 'subset'>

export interface LoadedMicrodata {
  readonly data: Microdata
  readonly sensitive: readonly SensitiveModel[]
}

/** Reads the columns that have a role and makes the hierarchies. Throws TableError and HierarchyError. */
export async function loadMicrodata(source: TableSource, roles: Roles, signal?: AbortSignal): Promise<LoadedMicrodata> {
  const sensitiveNames = [...new Set(roles.sensitive.map(({attribute}) => attribute))]
  const names = [
    ...roles.quasiIdentifiers.map(({name}) => name),
    ...sensitiveNames,
    ...[roles.person, roles.subset].filter(name => name !== undefined),
  ]
  const columns = await encodeColumns(source, names, signal)
  const column = (name: string) => columns.get(name) as EncodedColumn
  const data = microdataFrom({
    quasiIdentifiers: roles.quasiIdentifiers.map(({name, hierarchy}) => ({
      column: column(name),
      hierarchy: hierarchyFor(name, column(name).labels, hierarchy),
    })),
    sensitive: sensitiveNames.map(name => inOrder(column(name))),
    ...(roles.person ? {person: column(roles.person)} : {}),
    ...(roles.subset ? {subset: membership(column(roles.subset))} : {}),
  })
  return {data, sensitive: roles.sensitive.map(model => resolved(model, column(model.attribute)))}
}

function resolved(model: Roles['sensitive'][number], column: EncodedColumn): SensitiveModel {
  if (model.kind !== 't-closeness') return model
  const {distance} = model
  if (distance === 'equal' || distance === 'ordered') return {...model, distance}
  const hierarchy = hierarchyFor(model.attribute, column.labels, distance)
  leafCodes(column, hierarchy)
  if (hierarchy.labels.at(-1)?.length !== 1) {
    throw new HierarchyError(
      `The hierarchy of ${model.attribute} does not end in one value for all, so it measures no distance`,
    )
  }
  return {...model, distance: {hierarchy}}
}

/** Values by number where all are numbers, otherwise by code point: the ranks of an ordered distance. */
function inOrder({name, labels, codes}: EncodedColumn): EncodedColumn {
  const numbers = labels.every(label => label.trim() !== '' && Number.isFinite(Number(label)))
  const order = labels
    .map((_, code) => code)
    .toSorted((left, right) =>
      numbers ? Number(labels[left]) - Number(labels[right]) : labels[left]! < labels[right]! ? -1 : 1,
    )
  const rank = new Int32Array(labels.length)
  order.forEach((code, place) => {
    rank[code] = place
  })
  return {name, labels: order.map(code => labels[code]!), codes: codes.map(code => rank[code]!)}
}

const memberWords = new Map([
  ['1', 1],
  ['true', 1],
  ['yes', 1],
  ['0', 0],
  ['false', 0],
  ['no', 0],
])

function membership({name, labels, codes}: EncodedColumn): Uint8Array {
  const flags = labels.map(label => {
    const flag = memberWords.get(label.trim().toLowerCase())
    if (flag !== undefined) return flag
    throw new TableError(`"${label}" in ${name} does not say whether the row is in the table`, {
      hint: 'use 1, true or yes for rows of the table, 0, false or no for the rest of the population',
    })
  })
  return Uint8Array.from(codes, code => flags[code]!)
}
