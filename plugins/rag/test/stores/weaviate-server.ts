import {type ArgumentNode, type FieldNode, Kind, parse, type SelectionNode, type ValueNode} from 'graphql'
import type * as z from 'zod'
import {type JsonAnswer, type JsonRequest, type JsonServer, serveJson} from './json-server.ts'
import {
  answers,
  type ClassDefinition,
  requests,
  type StoredObject,
  type Where,
  where as whereSchema,
} from './weaviate-description.ts'

export interface WeaviateServerOptions {
  readonly key: string
  /** Every so many requests one is refused for there being too many. */
  readonly busyEvery?: number
  readonly graphql?: boolean
  /** QUERY_MAXIMUM_RESULTS. */
  readonly mostResults?: number
}

interface Class {
  readonly definition: ClassDefinition
  readonly tenants: Map<string, Map<string, StoredObject>>
}

class Refusal extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/**
 * A Weaviate server in memory, as its description has it: schema, tenants, batches and pages over REST, searches over
 * GraphQL, which is parsed and not guessed. Requests and answers are held against the description.
 */
export async function startWeaviate(
  options: WeaviateServerOptions,
): Promise<JsonServer & {readonly refused: () => number}> {
  const {key, busyEvery = Infinity, graphql = true, mostResults = 10_000} = options
  const classes = new Map<string, Class>()
  let count = 0
  let refused = 0
  const server = await serveJson(request => {
    count++
    if (count % busyEvery === 0) {
      refused++
      return {status: 429, headers: {'retry-after': '1'}, body: {error: [{message: 'too many requests'}]}}
    }
    try {
      return handle(request)
    } catch (error) {
      const status = error instanceof Refusal ? error.status : 500
      return {status, body: {error: [{message: error instanceof Error ? error.message : String(error)}]}}
    }
  })
  return {...server, refused: () => refused}

  function handle(request: JsonRequest): JsonAnswer {
    const {method, path, headers, body} = request
    if (headers.authorization !== `Bearer ${key}`) {
      throw new Refusal(401, `unauthorized: invalid api key ${headers.authorization ?? ''}`)
    }
    const route = `${method} ${path}`
    if (route === 'GET /v1/meta') return {status: 200, body: {hostname: server.url, version: '1.37.0'}}
    if (route === 'GET /v1/schema') {
      return {status: 200, body: {classes: [...classes.values()].map(({definition}) => definition)}}
    }
    if (route === 'POST /v1/schema') return createClass(valid(requests.class, body))
    if (route === 'POST /v1/batch/objects') return put(valid(requests.batch, body).objects)
    if (route === 'DELETE /v1/batch/objects') return remove(request)
    if (route === 'GET /v1/objects') return page(request.query)
    if (route === 'POST /v1/graphql') {
      if (!graphql) throw new Refusal(422, 'graphql api is disabled')
      return {status: 200, body: answerGraphql(valid(requests.graphql, body).query)}
    }
    const [, name, tenants, tenant] = /^\/v1\/schema\/(\w+)(?:\/(tenants)(?:\/([\w-]+))?)?$/u.exec(path) ?? []
    if (name === undefined) throw new Refusal(404, `path ${path} was not found`)
    const found = classOf(name, 404)
    if (tenants === undefined) return {status: 200, body: found.definition}
    if (method === 'POST') {
      for (const each of valid(requests.tenants, body))
        if (!found.tenants.has(each.name)) found.tenants.set(each.name, new Map())
      return {status: 200, body}
    }
    if (method === 'DELETE') {
      for (const each of valid(requests.tenantNames, body)) found.tenants.delete(each)
      return {status: 200}
    }
    if (!found.tenants.has(tenant!)) throw new Refusal(404, 'tenant not found')
    return {status: 200, body: {name: tenant, activityStatus: 'ACTIVE'}}
  }

  function createClass(definition: ClassDefinition): JsonAnswer {
    if (classes.has(definition.class)) throw new Refusal(422, `class name ${definition.class} already exists`)
    classes.set(definition.class, {definition, tenants: new Map()})
    return {status: 200, body: definition}
  }

  function put(objects: readonly StoredObject[]): JsonAnswer {
    const body = objects.map(object => {
      const error = refusalOf(object)
      if (error === undefined) classes.get(object.class)!.tenants.get(object.tenant)!.set(object.id, stored(object))
      const result = error === undefined ? {status: 'SUCCESS'} : {status: 'FAILED', errors: {error: [{message: error}]}}
      return {...object, result}
    })
    return {status: 200, body: answers.batch.parse(body)}
  }

  function refusalOf({class: name, tenant, properties, vector}: StoredObject): string | undefined {
    const found = classes.get(name)
    if (found === undefined) return `class ${name} not found`
    const held = found.tenants.get(tenant)
    if (held === undefined) return `tenant not found: "${tenant}"`
    const unknown = Object.keys(properties).find(key => !found.definition.properties.some(each => each.name === key))
    if (unknown !== undefined) return `no such prop with name '${unknown}' found in class '${name}'`
    const other = [...held.values()].find(each => each.vector !== undefined)?.vector
    if (vector === undefined || other === undefined || other.length === vector.length) return undefined
    return `new node has a vector with length ${vector.length}. Existing nodes have vectors with length ${other.length}`
  }

  function remove({query, body}: JsonRequest): JsonAnswer {
    const {match, output} = valid(requests.delete, body)
    const {definition} = classOf(match.class)
    const held = objectsOf(match.class, query.get('tenant'))
    const matching = [...held.values()].filter(object => passes(definition, object, match.where))
    const deleted = matching.slice(0, mostResults)
    for (const {id} of deleted) held.delete(id)
    const matches = Math.min(matching.length, mostResults)
    const results = {matches, limit: mostResults, successful: deleted.length, failed: 0}
    return {status: 200, body: answers.delete.parse({match, output, dryRun: false, results})}
  }

  function page(query: URLSearchParams): JsonAnswer {
    const held = objectsOf(query.get('class') ?? '', query.get('tenant'))
    const limit = Number(query.get('limit'))
    if (!(limit >= 1 && limit <= mostResults)) throw new Refusal(422, 'invalid limit')
    const after = query.get('after') ?? ''
    const objects = [...held.values()]
      .filter(({id}) => id > after)
      .toSorted((one, other) => (one.id < other.id ? -1 : 1))
    return {
      status: 200,
      body: answers.objects.parse({objects: objects.slice(0, limit), totalResults: Math.min(limit, objects.length)}),
    }
  }

  function answerGraphql(text: string) {
    try {
      const [operation] = parse(text).definitions
      if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Refusal(422, 'not a query')
      const data = Object.fromEntries(
        fieldsOf(operation.selectionSet.selections).map(root => [
          root.name.value,
          Object.fromEntries(
            fieldsOf(root.selectionSet?.selections ?? []).map(field => [
              (field.alias ?? field.name).value,
              root.name.value === 'Get' ? get(field) : aggregate(field),
            ]),
          ),
        ]),
      )
      return {data}
    } catch (error) {
      return {errors: [{message: error instanceof Error ? error.message : String(error)}]}
    }
  }

  function get(field: FieldNode): unknown[] {
    const {definition, held, where, ...args} = searched(field)
    const limit = Number(args.limit)
    if (!(limit >= 1 && limit <= mostResults)) throw new Refusal(422, 'query maximum results exceeded')
    const objects = held.filter(object => where === undefined || passes(definition, object, where))
    return scored(definition, held, objects, args)
      .slice(0, limit)
      .map(({object, score, distance}) =>
        shaped(
          field,
          name =>
            name === 'id' ? object.id : name === 'score' ? String(score) : name === 'distance' ? distance : null,
          object,
        ),
      )
  }

  function aggregate(field: FieldNode): unknown[] {
    const {definition, held, where, groupBy} = searched(field)
    const objects = held.filter(object => where === undefined || passes(definition, object, where))
    if (groupBy !== undefined) {
      const [by] = groupBy as [string]
      const groups = Map.groupBy(objects, ({properties}) => properties[by])
      return [...groups].map(([value, own]) => ({meta: {count: own.length}, groupedBy: {value}}))
    }
    const terms = objects.map(({properties}) => Number(properties.termCount))
    const mean = terms.length === 0 ? null : terms.reduce((sum, each) => sum + each, 0) / terms.length
    return [{meta: {count: objects.length}, termCount: {mean}}]
  }

  function searched(field: FieldNode) {
    const args = argumentsOf(field.arguments ?? [])
    const {definition} = classOf(field.name.value)
    const held = [...objectsOf(field.name.value, args.tenant as string).values()]
    return {...args, definition, held, where: args.where === undefined ? undefined : whereOf(args.where)} as Record<
      string,
      unknown
    > & {
      definition: ClassDefinition
      held: StoredObject[]
      where: Where | undefined
    }
  }

  function classOf(name: string, status = 422): Class {
    const found = classes.get(name)
    if (found === undefined) throw new Refusal(status, `class "${name}" not found in schema`)
    return found
  }

  function objectsOf(name: string, tenant: string | null): Map<string, StoredObject> {
    const held = classOf(name).tenants.get(tenant ?? '')
    if (held === undefined) throw new Refusal(422, `tenant not found: "${tenant}"`)
    return held
  }
}

interface Scored {
  readonly object: StoredObject
  readonly score?: number
  readonly distance?: number
}

function scored(
  {invertedIndexConfig, properties}: ClassDefinition,
  all: readonly StoredObject[],
  objects: readonly StoredObject[],
  args: Readonly<Record<string, unknown>>,
): Scored[] {
  if (args.nearVector !== undefined) {
    const {vector} = args.nearVector as {vector: number[]}
    return objects
      .filter(object => object.vector !== undefined)
      .map(object => {
        if (object.vector!.length !== vector.length) {
          throw new Refusal(422, `vector lengths don't match: ${object.vector!.length} vs ${vector.length}`)
        }
        return {object, distance: 1 - cosine(vector, object.vector!)}
      })
      .toSorted((one, other) => one.distance - other.distance)
  }
  if (args.bm25 === undefined) return objects.map(object => ({object}))
  const {query, properties: names} = args.bm25 as {query: string; properties: [string]}
  const [name] = names
  const property = properties.find(each => each.name === name)
  if (property?.indexSearchable !== true) throw new Refusal(422, `${name} is not searchable: indexSearchable is off`)
  const {k1, b} = invertedIndexConfig.bm25
  const tokens = new Map(
    all.map(object => [object.id, tokensOf(property.tokenization, String(object.properties[name]))]),
  )
  const average = [...tokens.values()].reduce((sum, own) => sum + own.length, 0) / Math.max(1, tokens.size)
  const asked = [...new Set(tokensOf(property.tokenization, query))]
  const idf = asked.map(term => {
    const having = [...tokens.values()].filter(own => own.includes(term)).length
    return Math.log(1 + (tokens.size - having + 0.5) / (having + 0.5))
  })
  return objects
    .map(object => {
      const own = tokens.get(object.id)!
      const score = asked.reduce((sum, term, at) => {
        const frequency = own.filter(each => each === term).length
        return sum + (idf[at]! * frequency * (k1 + 1)) / (frequency + k1 * (1 - b + (b * own.length) / average))
      }, 0)
      return {object, score}
    })
    .filter(({score}) => score > 0)
    .toSorted((one, other) => other.score - one.score)
}

/** Tokenizations as https://docs.weaviate.io/weaviate/tutorials/tokenization describes them. */
function tokensOf(tokenization: string | undefined, text: string): string[] {
  if (tokenization === 'field') return [text.trim()]
  if (tokenization === 'whitespace') return text.split(/[\s\u0085]+/u).filter(Boolean)
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
}

function passes(definition: ClassDefinition, object: StoredObject, where: Where): boolean {
  const {operator, operands = [], path = [], valueText, valueTextArray, valueInt} = where
  if (operator === 'And') return operands.every(each => passes(definition, object, each))
  if (operator === 'Or') return operands.some(each => passes(definition, object, each))
  const [name] = path as [string]
  if (name === 'id') return (valueTextArray ?? [valueText]).includes(object.id)
  const property = definition.properties.find(each => each.name === name)
  if (property === undefined) throw new Refusal(422, `no such prop with name '${name}' found`)
  if (property.indexFilterable !== true) throw new Refusal(422, `${name} is not filterable: indexFilterable is off`)
  const value = object.properties[name]
  if (valueInt !== undefined) {
    if (operator === 'GreaterThanEqual') return Number(value) >= valueInt
    if (operator === 'LessThan') return Number(value) < valueInt
    throw new Refusal(422, `${operator} with valueInt`)
  }
  const own = new Set([value].flat().flatMap(each => tokensOf(property.tokenization, String(each))))
  const has = (text: string) => tokensOf(property.tokenization, text).every(token => own.has(token))
  if (operator === 'ContainsAny') {
    if (valueTextArray === undefined || valueTextArray.length === 0) throw new Refusal(422, 'ContainsAny takes values')
    return valueTextArray.some(has)
  }
  if (operator === 'NotEqual') return !has(valueText!)
  return has(valueText!)
}

/** GraphQL says an array of texts with the name of one. */
function whereOf(value: unknown): Where {
  const {operands, valueText, ...rest} = value as Record<string, unknown>
  return whereSchema.parse({
    ...rest,
    ...(operands === undefined ? {} : {operands: (operands as unknown[]).map(whereOf)}),
    ...(Array.isArray(valueText) ? {valueTextArray: valueText} : valueText === undefined ? {} : {valueText}),
  })
}

/** What was selected of an object. */
function shaped(
  field: FieldNode,
  additional: (name: string) => unknown,
  object: StoredObject,
): Record<string, unknown> {
  return Object.fromEntries(
    fieldsOf(field.selectionSet!.selections).map(each => {
      const name = each.name.value
      if (name !== '_additional') return [name, object.properties[name] ?? null]
      return [
        name,
        Object.fromEntries(
          fieldsOf(each.selectionSet!.selections).map(({name: {value}}) => [value, additional(value)]),
        ),
      ]
    }),
  )
}

function fieldsOf(selections: readonly SelectionNode[]): FieldNode[] {
  return selections.filter(each => each.kind === Kind.FIELD)
}

function argumentsOf(nodes: readonly ArgumentNode[]): Record<string, unknown> {
  return Object.fromEntries(nodes.map(({name, value}) => [name.value, valueOf(value)]))
}

function valueOf(node: ValueNode): unknown {
  if (node.kind === Kind.LIST) return node.values.map(valueOf)
  if (node.kind === Kind.OBJECT)
    return Object.fromEntries(node.fields.map(({name, value}) => [name.value, valueOf(value)]))
  if (node.kind === Kind.INT || node.kind === Kind.FLOAT) return Number(node.value)
  if (node.kind === Kind.STRING || node.kind === Kind.ENUM) return node.value
  throw new Refusal(422, `a ${node.kind} has no place here`)
}

function valid<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  throw new Refusal(422, parsed.error.issues.map(({path, message}) => `${path.join('.')}: ${message}`).join('; '))
}

/** Numbers as the server keeps them: 32 bits. */
function stored(object: StoredObject): StoredObject {
  return object.vector === undefined ? object : {...object, vector: object.vector.map(Math.fround)}
}

function cosine(one: readonly number[], other: readonly number[]): number {
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, at) => sum + value * b[at]!, 0)
  return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other))
}
