import {NotConfiguredError} from '@omni-ops/core/operation'
import {RemoteService, RemoteStatusError} from '../remote/remote-service.ts'
import {WEAVIATE_LIMITS} from './weaviate-limits.ts'

/** The server answers, and not in the way that is needed. */
export class WeaviateServerError extends NotConfiguredError {
  override readonly code = 'rag_weaviate_server'
}

export interface WeaviateOptions {
  readonly url: string
  readonly apiKey?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** See RemoteService. */
  readonly wait?: (milliseconds: number, signal?: AbortSignal) => Promise<void>
}

/** An object of a class, as the REST API has it (`Object` in openapi-specs/schema.json of weaviate/weaviate). */
export interface WeaviateObject {
  readonly id: string
  readonly class: string
  readonly tenant: string
  readonly properties: Readonly<Record<string, unknown>>
  readonly vector?: readonly number[]
}

/**
 * A Weaviate server: schema, tenants and objects over REST, searches over GraphQL. Paths and bodies are those of
 * openapi-specs/schema.json (https://github.com/weaviate/weaviate).
 */
export class WeaviateService {
  readonly #service: RemoteService

  constructor({url, apiKey, signal, wait}: WeaviateOptions) {
    this.#service = new RemoteService({
      name: 'Weaviate',
      url,
      headers: apiKey === undefined ? {} : {authorization: `Bearer ${apiKey}`},
      secrets: [apiKey ?? ''],
      keyHint: 'Set WEAVIATE_API_KEY to a key of the server that may write: https://console.weaviate.cloud → API keys',
      urlHint: 'Set WEAVIATE_URL to where the server listens, for example http://localhost:8080',
      signal,
      ...(wait === undefined ? {} : {wait}),
    })
  }

  /** The server's version. */
  async version(): Promise<string> {
    const {body} = await this.#service.request({method: 'GET', path: '/v1/meta'})
    return String((body as {version?: unknown}).version)
  }

  /** @throws WeaviateServerError where searches are switched off. */
  async searchable(): Promise<void> {
    await this.graphql('{__typename}')
  }

  async classes(): Promise<string[]> {
    const {body} = await this.#service.request({method: 'GET', path: '/v1/schema'})
    return ((body as {classes?: {class: string}[]}).classes ?? []).map(each => each.class)
  }

  /** Undefined where there is no such class. */
  async describe(name: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const answer = await this.#unlessMissing(() => this.#service.request({method: 'GET', path: `/v1/schema/${name}`}))
    return answer?.body as Readonly<Record<string, unknown>> | undefined
  }

  /** Makes a class; one that another process makes meanwhile is no error. */
  async createClass(definition: {readonly class: string}): Promise<void> {
    try {
      await this.#service.request({method: 'POST', path: '/v1/schema', body: definition})
    } catch (error) {
      if (!(error instanceof RemoteStatusError) || (await this.describe(definition.class)) === undefined) throw error
    }
  }

  /** Whether there is a class, and in it a tenant. */
  async hasTenant(name: string, tenant: string): Promise<boolean> {
    if ((await this.describe(name)) === undefined) return false
    const path = `/v1/schema/${name}/tenants/${tenant}`
    return (await this.#unlessMissing(() => this.#service.request({method: 'GET', path}))) !== undefined
  }

  async createTenant(name: string, tenant: string): Promise<void> {
    await this.#service.request({method: 'POST', path: `/v1/schema/${name}/tenants`, body: [{name: tenant}]})
  }

  async deleteTenant(name: string, tenant: string): Promise<void> {
    await this.#service.request({method: 'DELETE', path: `/v1/schema/${name}/tenants`, body: [tenant]})
  }

  /** Puts objects, each in place of one with the same id. @throws RemoteStatusError with the first one's reason. */
  async put(objects: readonly WeaviateObject[]): Promise<void> {
    const {body} = await this.#service.request({method: 'POST', path: '/v1/batch/objects', body: {objects}})
    for (const {result} of body as BatchAnswer[]) {
      if (result?.status !== 'FAILED') continue
      const messages = result.errors?.error?.map(({message}) => message) ?? []
      throw new RemoteStatusError('Weaviate', 422, messages.join('; ') || 'an object was refused')
    }
  }

  /** Deletes all objects that a filter lets through. @returns how many there were. */
  async delete(name: string, tenant: string, where: WhereFilter): Promise<number> {
    for (let deleted = 0; ;) {
      const {body} = await this.#service.request({
        method: 'DELETE',
        path: '/v1/batch/objects',
        query: [['tenant', tenant]],
        body: {match: {class: name, where}, output: 'minimal'},
      })
      const {results} = body as {results: {matches: number; limit: number; successful: number; failed: number}}
      if (results.failed > 0)
        throw new RemoteStatusError('Weaviate', 500, `${results.failed} objects could not be deleted`)
      deleted += results.successful
      // A request deletes no more than a query may find.
      if (results.successful === 0 || results.matches < results.limit) return deleted
    }
  }

  /** A page of objects in the order of their ids. */
  async page(name: string, tenant: string, limit: number, after?: string): Promise<WeaviateObject[]> {
    const query: [string, string][] = [
      ['class', name],
      ['tenant', tenant],
      ['limit', String(Math.min(limit, WEAVIATE_LIMITS.page))],
      ['include', 'vector'],
    ]
    if (after !== undefined) query.push(['after', after])
    const {body} = await this.#service.request({method: 'GET', path: '/v1/objects', query})
    return (body as {objects?: WeaviateObject[]}).objects ?? []
  }

  /** @throws WeaviateServerError, RemoteStatusError with what GraphQL says is wrong. */
  async graphql(query: string): Promise<Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>> {
    const {body} = await this.#service.request({method: 'POST', path: '/v1/graphql', body: {query}}).catch(graphqlOff)
    const {data, errors = []} = body as {data?: Record<string, Record<string, unknown[]>>; errors?: {message: string}[]}
    if (errors.length > 0 || data === undefined) {
      throw new RemoteStatusError('Weaviate', 422, errors.map(({message}) => message).join('; ') || 'no data')
    }
    return data
  }

  async #unlessMissing<Answer>(ask: () => Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await ask()
    } catch (error) {
      if (error instanceof RemoteStatusError && error.status === 404) return undefined
      throw error
    }
  }
}

/** A filter as REST takes it (`WhereFilter`). */
export interface WhereFilter {
  readonly operator: 'And' | 'ContainsAny' | 'Equal' | 'GreaterThanEqual' | 'LessThan' | 'NotEqual'
  readonly operands?: readonly WhereFilter[]
  readonly path?: readonly string[]
  readonly valueText?: string
  readonly valueTextArray?: readonly string[]
  readonly valueInt?: number
}

interface BatchAnswer {
  readonly result?: {
    readonly status?: string
    readonly errors?: {readonly error?: readonly {readonly message?: string}[]}
  }
}

function graphqlOff(error: unknown): never {
  if (
    error instanceof RemoteStatusError &&
    /graphql/iu.test(error.message) &&
    /disabled|not enabled/iu.test(error.message)
  ) {
    throw new WeaviateServerError('This Weaviate server has its GraphQL API switched off', {
      hint: 'Unset DISABLE_GRAPHQL on the server, or ask Weaviate Cloud to switch GraphQL on for the cluster.',
    })
  }
  throw error
}
