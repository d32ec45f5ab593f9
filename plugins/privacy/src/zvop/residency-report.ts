import {embedsOnThisMachine} from '@omni-ops/core/llm'
import type {Context} from '@omni-ops/core/operation'
import {locationOf, residencyAgainst, type ResidencyPlace, thisMachine} from '@omni-ops/core/privacy'

/** One place where data are or go, and whether they may. */
export interface ResidencyRow {
  readonly place: string
  readonly what: string
  /** A country, `local` for this machine, null where nobody said. */
  readonly location: string | null
  readonly allowed: boolean
  readonly message: string
}

export interface ResidencyReport {
  /** The country that data may not leave; null where they may go anywhere. */
  readonly country: string | null
  readonly places: readonly ResidencyRow[]
}

const remoteVectorDatabases = ['pinecone', 'weaviate']

/**
 * Where this profile keeps data and sends them, by its settings. Nothing is contacted. What a document is fetched from,
 * and where webhooks go, is not in it: those addresses come with each call.
 */
export async function residencyReport(context: Context): Promise<ResidencyReport> {
  const {settings} = context
  const country = (settings.get('residency.country') as string | undefined) ?? null
  const places = [...ownPlaces(context), ...(await models(context))]
  return {
    country,
    places: places.map(({place, what, location}) => {
      const against = residencyAgainst(settings, location)
      return {
        place,
        what,
        location,
        allowed: against === undefined,
        message:
          against ??
          (country === null ? 'data may go anywhere' : location === thisMachine ? 'on this machine' : `in ${location}`),
      }
    }),
  }
}

type Located = Pick<ResidencyRow, 'place' | 'what' | 'location'>

function ownPlaces({settings, remote, directories}: Context): Located[] {
  const read = (name: string) => valueOf(settings, name) as string | undefined
  const elsewhere = (place: ResidencyPlace, what: string): Located => ({
    place,
    what,
    location: locationOf(settings, place) ?? null,
  })
  if (remote !== undefined) return [elsewhere('remote', remote.url)]
  const url = read('database_url')
  const isServer = url !== undefined && !url.startsWith('sqlite:')
  const vectors = read('rag.vector_db') ?? 'lancedb'
  const objectStore = read('rag.lancedb_uri')
  const embeddings = read('rag.embedding_model')
  return [
    {place: 'files', what: directories.data, location: thisMachine},
    isServer ? elsewhere('database', 'PostgreSQL') : {place: 'database', what: 'SQLite', location: thisMachine},
    ...(remoteVectorDatabases.includes(vectors) || (vectors === 'lancedb' && objectStore !== undefined)
      ? [elsewhere('vectors', vectors)]
      : [
          {
            place: 'vectors',
            what: vectors,
            location: vectors === 'pgvector' ? (locationOf(settings, 'database') ?? null) : thisMachine,
          },
        ]),
    ...(embeddings === undefined || embeddings === 'none'
      ? []
      : [
          embedsOnThisMachine(settings)
            ? {place: 'embeddings', what: embeddings, location: thisMachine}
            : elsewhere('embeddings', embeddings),
        ]),
  ]
}

/** The models of the plugin that brings them, by its own operation. */
async function models(context: Context): Promise<Located[]> {
  const operation = context.remote === undefined ? await context.registry.operation('llm.providers') : undefined
  if (operation === undefined) return []
  try {
    const {deployments} = (await context.invoke(operation, {})) as {
      deployments: readonly {deployment: string; provider: string; region: string | null; country: string | null}[]
    }
    return deployments.map(({deployment, provider, region, country}) => ({
      place: `llm ${deployment}`,
      what: provider,
      location: country ?? region,
    }))
  } catch (error) {
    if ((error as {code?: string}).code !== 'llm_not_configured') throw error
    return []
  }
}

/** A setting of a plugin that may not be there. */
function valueOf(settings: Context['settings'], name: string): unknown {
  try {
    return settings.get(name)
  } catch {
    return undefined
  }
}
