import * as z from 'zod'
import {InputMismatchError, type InputProblem} from '../operation/invoke.ts'
import type {Operation} from '../operation/operation.ts'
import {takesQuery} from '../operation/route.ts'
import type {FormFields} from './form-body.ts'

/** The name by which a request can say its tenant, in place of the header. */
export const tenantField = 'tenant_id'

/** The places of a request that an input comes from. */
export interface RequestParts {
  readonly path: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: Readonly<Record<string, unknown>>
  /** A form's files fill the field that takes them; its texts are read as a query is. */
  readonly form?: FormFields
}

export interface RequestInput {
  readonly input: Readonly<Record<string, unknown>>
  /** What the request names in `tenant_id`. */
  readonly tenant: string | undefined
}

export type ReadInput = (parts: RequestParts) => RequestInput

type QueryKind = 'text' | 'number' | 'boolean' | 'json'

interface QueryField {
  readonly kind: QueryKind
  readonly many: boolean
}

interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
}

/**
 * Makes the reader of an operation's input. Path parameters and the query are text, which becomes what the schema
 * asks for; the schema itself checks it later, with the rest. A field that the input does not have is refused, save
 * `tenant_id`, which names the tenant of the call.
 */
export function inputReader(operation: Operation): ReadInput {
  const schema = z.toJSONSchema(operation.input, {io: 'input', unrepresentable: 'any'}) as JsonSchema
  const fields = new Map(Object.entries(schema.properties ?? {}).map(([name, each]) => [name, queryFieldOf(each)]))
  const ownTenant = fields.has(tenantField)
  const fromQuery = takesQuery(operation)
  const uploads = operation.http?.files
  const manyUploads = fields.get(uploads ?? '')?.many === true

  return ({path, query, body, form}) => {
    const problems: InputProblem[] = []
    const input: Record<string, unknown> = {}
    let tenant: unknown
    const take = (name: string, value: unknown) => {
      if (name === tenantField) {
        if (tenant !== undefined && tenant !== value) problems.push({path: name, message: 'is given twice'})
        tenant = value
        if (!ownTenant) return
      }
      if (fields.has(name)) input[name] = value
      else problems.push({path: name, message: 'is not a field of this operation'})
    }
    if (fromQuery) {
      for (const name of new Set(query.keys())) take(name, fromTexts(query.getAll(name), fields.get(name)))
    } else if (query.size > 0) {
      for (const name of query.keys()) problems.push({path: name, message: 'belongs into the body, not into the query'})
    }
    for (const name of new Set(form?.texts.keys())) take(name, fromTexts(form!.texts.getAll(name), fields.get(name)))
    if (form && form.files.length > 0) take(uploads!, manyUploads || form.files.length > 1 ? form.files : form.files[0])
    for (const name of Object.keys(body)) take(name, body[name])
    for (const name of Object.keys(path)) take(name, fromTexts([path[name] ?? ''], fields.get(name)))
    if (tenant !== undefined && typeof tenant !== 'string')
      problems.push({path: tenantField, message: 'must be a text'})
    if (problems.length > 0) throw new InputMismatchError(operation.id, problems)
    return {input, tenant: tenant as string | undefined}
  }
}

function queryFieldOf(schema: JsonSchema): QueryField {
  const many = schema.type === 'array'
  return {many, kind: kindOf(many ? (schema.items ?? {}) : schema)}
}

function kindOf(schema: JsonSchema): QueryKind {
  const types = schema.anyOf ? schema.anyOf.map(each => each.type) : [schema.type].flat()
  if (types.includes('string') || types.every(type => type === undefined)) return 'text'
  if (types.includes('integer') || types.includes('number')) return 'number'
  if (types.includes('boolean')) return 'boolean'
  return 'json'
}

/** Repeated parameters are an array; one that may not be repeated stays one, and the schema refuses the rest. */
function fromTexts(texts: readonly string[], field: QueryField | undefined): unknown {
  if (field === undefined) return texts[0]
  const values = texts.map(text => fromText(text, field.kind))
  return field.many || values.length > 1 ? values : values[0]
}

/** What cannot be read stays text, for the schema to refuse with its own words. */
function fromText(text: string, kind: QueryKind): unknown {
  switch (kind) {
    case 'text':
      return text
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text
    case 'json':
      try {
        return JSON.parse(text, (name, value: unknown) => (name === '__proto__' ? undefined : value))
      } catch {
        return text
      }
  }
}
