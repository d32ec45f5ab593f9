import type {GoogleGenAI} from '@google/genai'
import type {ProviderAdapter} from '../model/provider-adapter.ts'
import type {Credentials} from './exchange.ts'
import type {FailureSource} from './failure-classification.ts'
import {generateContent} from './generate-content.ts'
import {GoogleAccess} from './google-access.ts'
import type {GoogleCredentials} from './google-credentials.ts'
import {guardedCompletion} from './guarded-completion.ts'
import {ProviderNotConfiguredError} from './not-configured-error.ts'
import {isClaude, vertexClaude} from './vertex-claude.ts'

export interface VertexOptions {
  readonly model: string
  /** Whoever asks; a text is an API key of express mode, which needs neither project nor location. */
  readonly credentials: GoogleCredentials | string
  readonly project?: string | undefined
  /** Where the model runs: `europe-west3`, `eu`, `global`. */
  readonly location?: string | undefined
  /** Of another server that speaks the API of Vertex AI, without version. */
  readonly baseUrl?: string | undefined
  readonly newId: () => string
  readonly now: () => Date
}

const API_VERSION = 'v1'

/** Where express mode is, and all requests to any place in the world. */
const anywhere = 'global'

/** Models at Vertex AI: Google's own (https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference), and Claude. */
export function vertex(options: VertexOptions): ProviderAdapter {
  const {model, newId, now} = options
  const place = placeOf(options)
  const access = accessOf(options)
  const source: FailureSource = {
    provider: 'vertex',
    get secrets() {
      return access.secrets
    },
    now,
  }
  const dialect = {provider: 'vertex', newId} as const
  if (isClaude(model)) return vertexClaude({model, place, access, source, newId})
  let client: Promise<GoogleGenAI> | undefined
  return {
    provider: 'vertex',
    model,
    complete: (request, call) =>
      guardedCompletion(source, call, async function* (exchange) {
        exchange.credentials = await access.credentials(source, call.timeouts.connect)
        client ??= openClient(place)
        yield* generateContent(await client, model, request, dialect, {}, exchange)
      }),
  }
}

export interface VertexPlace {
  /** Empty in express mode. */
  readonly project: string
  readonly location: string
  readonly baseUrl: string
}

/** @throws ProviderNotConfiguredError where the region would not be where the data go */
function placeOf({credentials, project, location, baseUrl}: VertexOptions): VertexPlace {
  if (typeof credentials === 'string') {
    if (location !== undefined && location !== anywhere) {
      throw new ProviderNotConfiguredError(`An API key of Vertex AI asks models anywhere, and not in ${location}`, {
        hint: 'use the key of a service account, or write region: global',
      })
    }
    return {project: '', location: anywhere, baseUrl: baseUrl ?? endpointOf(anywhere)}
  }
  const named = project ?? credentials.project
  if (named === undefined || location === undefined) {
    const missing = named === undefined ? 'a project' : 'a region'
    throw new ProviderNotConfiguredError(`vertex needs ${missing}`, {hint: `give the deployment ${missing}`})
  }
  return {project: named, location, baseUrl: baseUrl ?? endpointOf(location)}
}

/** https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations; `us` and `eu` are each several regions. */
function endpointOf(location: string): string {
  if (!/^[a-z]+(?:-[a-z]+\d+)?$/.test(location)) {
    throw new ProviderNotConfiguredError(`${location} is no location of Google Cloud`, {
      hint: 'the region is a location such as europe-west3, eu, us-central1 or global',
    })
  }
  if (location === anywhere) return 'https://aiplatform.googleapis.com'
  if (location === 'us' || location === 'eu') return `https://aiplatform.${location}.rep.googleapis.com`
  return `https://${location}-aiplatform.googleapis.com`
}

export interface VertexAccess {
  readonly secrets: readonly string[]
  credentials(source: FailureSource, limit: number): Promise<Credentials>
}

function accessOf({credentials, now}: VertexOptions): VertexAccess {
  if (typeof credentials !== 'string') return new GoogleAccess(credentials, now)
  const headers = {'x-goog-api-key': credentials}
  const fixed = {headers, refused: () => undefined}
  return {secrets: [credentials], credentials: async () => fixed}
}

/**
 * Everything the SDK would read from the environment is said here, the key too, which it would look for, tell of, and use:
 * what is sent has the headers of `generateContent` alone. Without `retryOptions` it does not retry.
 */
async function openClient({project, location, baseUrl}: VertexPlace): Promise<GoogleGenAI> {
  const {GoogleGenAI} = await import('@google/genai')
  return new GoogleGenAI({
    vertexai: true,
    apiKey: 'in the headers',
    project,
    location,
    httpOptions: {baseUrl, apiVersion: API_VERSION},
  })
}
