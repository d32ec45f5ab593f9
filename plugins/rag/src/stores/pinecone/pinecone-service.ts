import {NotConfiguredError} from '@omni-ops/core/operation'
import {RemoteService, RemoteStatusError} from '../remote/remote-service.ts'

/** An index that the passages are to be in does not exist, or is of another kind. */
export class PineconeIndexError extends NotConfiguredError {
  override readonly code = 'rag_pinecone_index'
}

export interface PineconeOptions {
  readonly apiKey: string
  /** `us-east-1`, `gcp-us-central1`, or as older projects say it `us-east-1-aws`: where missing indexes would be. */
  readonly environment?: string | undefined
  /** The names of the indexes begin with it. */
  readonly prefix?: string
  /** Another control plane, such as Pinecone Local's. */
  readonly url?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** See RemoteService. */
  readonly wait?: (milliseconds: number, signal?: AbortSignal) => Promise<void>
}

/** Requests and answers are those of this version (https://docs.pinecone.io/reference/api/versioning). */
export const API_VERSION = '2025-10'
const CONTROL_PLANE = 'https://api.pinecone.io'

interface IndexModel {
  readonly host: string
  readonly metric?: string
  readonly dimension?: number
  readonly vector_type?: string
}

/**
 * A project's indexes. All passages are in one sparse index, with their words and texts; their vectors are in a dense
 * index for each dimension, so that a passage may have none and collections may be of several models.
 *
 * The REST API and not the SDK (`@pinecone-database/pinecone` 9.0.0): that gives no response headers, and without the
 * log sequence numbers in them nobody knows when a write can be read.
 */
export class PineconeService {
  readonly #options: PineconeOptions
  readonly #service: RemoteService
  readonly #hosts = new Map<string, Promise<string>>()

  constructor(options: PineconeOptions) {
    this.#options = options
    this.#service = new RemoteService({
      name: 'Pinecone',
      url: options.url ?? CONTROL_PLANE,
      headers: {'api-key': options.apiKey, 'x-pinecone-api-version': API_VERSION},
      secrets: [options.apiKey],
      keyHint: 'Set PINECONE_API_KEY to a key of the project: https://app.pinecone.io → API keys',
      urlHint: 'Pinecone has to be reachable from this machine over HTTPS.',
      signal: options.signal,
      ...(options.wait === undefined ? {} : {wait: options.wait}),
    })
  }

  get remote(): RemoteService {
    return this.#service
  }

  /** The name of the index of all passages, or of the vectors of a dimension. */
  indexName(dimension: number | undefined): string {
    const {prefix = 'omni'} = this.#options
    return dimension === undefined ? `${prefix}-passages` : `${prefix}-vectors-${dimension}`
  }

  /**
   * Where an index's data plane is.
   * @throws PineconeIndexError
   */
  async host(dimension: number | undefined): Promise<string> {
    const name = this.indexName(dimension)
    const known = this.#hosts.get(name) ?? this.#describe(name, dimension)
    this.#hosts.set(name, known)
    try {
      return await known
    } catch (error) {
      this.#hosts.delete(name)
      throw error
    }
  }

  async #describe(name: string, dimension: number | undefined): Promise<string> {
    const index = await this.#index(name, dimension)
    const type = index.vector_type ?? 'dense'
    const wrong =
      dimension === undefined
        ? type !== 'sparse'
        : type !== 'dense' || index.dimension !== dimension || index.metric === 'euclidean'
    if (wrong) {
      throw new PineconeIndexError(
        `The Pinecone index ${name} is ${type}, ${index.metric ?? 'no metric'}, dimension ${index.dimension ?? 'none'}`,
        {hint: `Delete it, or set rag.pinecone_index to another prefix; then: ${this.#command(name, dimension)}`},
      )
    }
    const local = this.#options.url?.startsWith('http:') ? 'http' : 'https'
    return /^https?:/u.test(index.host) ? index.host : `${local}://${index.host}`
  }

  async #index(name: string, dimension: number | undefined): Promise<IndexModel> {
    try {
      const {body} = await this.#service.request({method: 'GET', path: `/indexes/${name}`})
      return body as IndexModel
    } catch (error) {
      if (!(error instanceof RemoteStatusError) || error.status !== 404) throw error
      throw new PineconeIndexError(`There is no Pinecone index ${name}`, {hint: this.#command(name, dimension)})
    }
  }

  /** What makes the index, as the control plane's description has it (`create_index`). */
  #command(name: string, dimension: number | undefined): string {
    const kind = dimension === undefined ? {vector_type: 'sparse', metric: 'dotproduct'} : {dimension, metric: 'cosine'}
    const spec = {serverless: serverlessOf(this.#options.environment)}
    return [
      'curl https://api.pinecone.io/indexes -H "Api-Key: $PINECONE_API_KEY"',
      `-H "X-Pinecone-Api-Version: ${API_VERSION}" -H "Content-Type: application/json"`,
      `-d '${JSON.stringify({name, ...kind, spec})}'`,
    ].join(' ')
  }
}

/** Cloud and region of an environment, in the order that it names them in. */
function serverlessOf(environment = 'us-east-1'): {cloud: string; region: string} {
  const parts = environment.toLowerCase().split('-')
  const cloud = parts.find(part => ['aws', 'gcp', 'azure'].includes(part)) ?? 'aws'
  return {cloud, region: parts.filter(part => part !== cloud).join('-')}
}
