import {readdir} from 'node:fs/promises'
import {join} from 'node:path'
import type * as z from 'zod'
import {InvalidInputError, NotFoundError} from '@omni-ops/core/operation'
import type {HierarchyInput, SensitiveInput} from '../operations/anonymization-schemas.ts'
import {readSmallCsv} from '../table/table-source.ts'

type Hierarchy = z.input<typeof HierarchyInput>
type Sensitive = z.input<typeof SensitiveInput>

/** Hierarchy files by attribute: `age.csv` and `adult_hierarchy_age.csv` are both that of age. */
export async function hierarchyFiles(directory: string): Promise<ReadonlyMap<string, string>> {
  let names: string[]
  try {
    names = await readdir(directory)
  } catch (error) {
    throw new NotFoundError(`The directory of hierarchies ${directory} cannot be read`, {cause: error})
  }
  return new Map(
    names
      .filter(name => name.endsWith('.csv'))
      .map(name => [name.slice(0, -'.csv'.length).replace(/^.*_?hierarchy_/, ''), join(directory, name)]),
  )
}

/**
 * `NAME=KIND` with a kind of generated hierarchy, or `NAME` alone for one by file. Throws InvalidInputError for an unknown
 * kind.
 */
export function parseQuasiIdentifier(text: string): {readonly name: string; readonly generated?: Hierarchy} {
  const [name, kind] = splitLast(text)
  if (kind === undefined) return {name}
  const interval = /^interval:([\d.]+)(?::(\d+))?$/.exec(kind)
  if (interval) {
    const levels = interval[2] === undefined ? {} : {levels: Number(interval[2])}
    return {name, generated: {kind: 'interval', width: Number(interval[1]), ...levels}}
  }
  if (kind === 'redaction' || kind === 'date' || kind === 'suppression') return {name, generated: {kind}}
  throw new InvalidInputError(`--quasi-identifier ${text}: there is no generated hierarchy "${kind}"`, {
    hint: 'use interval:WIDTH, redaction, date or suppression, or a file in --hierarchies',
  })
}

/** The hierarchies of the named columns, or of all columns that have a file. Throws InvalidInputError, NotFoundError. */
export async function quasiIdentifiersFrom(
  flags: readonly string[],
  directory: string | undefined,
  header: readonly string[],
): Promise<{readonly name: string; readonly hierarchy: Hierarchy}[]> {
  const files = directory === undefined ? new Map<string, string>() : await hierarchyFiles(directory)
  const named =
    flags.length > 0 ? flags.map(parseQuasiIdentifier) : header.filter(name => files.has(name)).map(name => ({name}))
  if (named.length === 0) {
    throw new InvalidInputError('Missing --quasi-identifier', {
      hint: 'name the columns by which somebody could be recognised: --quasi-identifier age=interval:5',
    })
  }
  return Promise.all(
    named.map(async each => {
      const {name, generated} = each as ReturnType<typeof parseQuasiIdentifier>
      return {name, hierarchy: generated ?? (await hierarchyFromFile(name, files))}
    }),
  )
}

async function hierarchyFromFile(name: string, files: ReadonlyMap<string, string>): Promise<Hierarchy> {
  const path = files.get(name)
  if (path !== undefined) return {kind: 'rows', rows: (await readSmallCsv(path)).map(row => [...row])}
  throw new InvalidInputError(`There is no hierarchy of ${name}`, {
    hint: `put ${name}.csv into the directory of --hierarchies, or generate one: --quasi-identifier ${name}=suppression`,
  })
}

/**
 * `COLUMN=distinct:3`, `=entropy:3`, `=recursive:3:4` (l and c) or `=t-closeness:0.2[:equal|ordered|hierarchical]`.
 * Throws InvalidInputError.
 */
export async function parseSensitive(text: string, directory: string | undefined): Promise<Sensitive> {
  const [attribute, model = ''] = splitLast(text)
  const [kind, ...parameters] = model.split(':')
  const [first, second] = parameters.map(Number)
  if ((kind === 'distinct' || kind === 'entropy') && parameters.length === 1) {
    return {kind: `${kind}-l-diversity`, attribute, l: first!}
  }
  if (kind === 'recursive' && parameters.length === 2) {
    return {kind: 'recursive-l-diversity', attribute, l: first!, c: second!}
  }
  if (kind === 't-closeness' && (parameters.length === 1 || parameters.length === 2)) {
    const distance = parameters[1] ?? 'equal'
    if (distance === 'equal' || distance === 'ordered') return {kind, attribute, t: first!, distance}
    if (distance === 'hierarchical') {
      const files = directory === undefined ? new Map<string, string>() : await hierarchyFiles(directory)
      return {kind, attribute, t: first!, distance: await hierarchyFromFile(attribute, files)}
    }
  }
  throw new InvalidInputError(`--sensitive ${text} is not understood`, {
    hint: 'write COLUMN=distinct:L, entropy:L, recursive:L:C or t-closeness:T[:equal|ordered|hierarchical]',
  })
}

/** `4%` or `0.04`. Throws InvalidInputError. */
export function parseShare(flag: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text.trim())
  if (match) return Number(match[1]) / (match[2] === '%' ? 100 : 1)
  throw new InvalidInputError(`${flag} expects a share such as 4% or 0.04, not "${text}"`)
}

/** A whole number. Throws InvalidInputError. */
export function parseWhole(flag: string, text: string): number {
  if (/^\d{1,15}$/.test(text.trim())) return Number(text)
  throw new InvalidInputError(`${flag} expects a whole number, not "${text}"`)
}

/** `LOW:HIGH`, both decimals. Throws InvalidInputError. */
export function parseRange(flag: string, text: string): readonly [string, string] {
  const match = /^([^:]+):([^:]+)$/.exec(text)
  if (match) return [match[1] as string, match[2] as string]
  throw new InvalidInputError(`${flag} expects LOW:HIGH, not "${text}"`)
}

function splitLast(text: string): readonly [string, string | undefined] {
  const at = text.lastIndexOf('=')
  return at <= 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}
