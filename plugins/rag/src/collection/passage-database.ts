import {join} from 'node:path'
import type {Context} from '@omni-ops/core/operation'
import {assertResident} from '@omni-ops/core/privacy'
import type pg from 'pg'
import type {PassageDatabase} from '../stores/passage-store.ts'
import type {WriterOptions} from '../stores/remote/writer.ts'
import type {VectorDatabase} from '../stores/vector-database.ts'
import {indexDirectory} from './index-directory.ts'
import {VectorDatabaseNotConfiguredError} from './vector-database-error.ts'
import {pineconeService, weaviateService} from './vector-service.ts'

/**
 * The tenant's part of a vector database. Opens nothing yet.
 * @throws VectorDatabaseNotConfiguredError, FaissMissingError; ResidencyError where data may not leave a country
 */
export async function passageDatabase(vectorDb: VectorDatabase, context: Context): Promise<PassageDatabase> {
  switch (vectorDb) {
    case 'lancedb': {
      const {LanceDbDatabase} = await import('../stores/lancedb/lancedb-database.ts')
      const directory = indexDirectory(context)
      const uri = objectStoreUri(context)
      if (uri !== undefined) assertResident(context.settings, 'vectors', 'The object store of the vectors')
      return new LanceDbDatabase(uri === undefined ? {directory} : {directory, uri})
    }
    case 'faiss': {
      const {loadFaiss} = await import('../stores/faiss/faiss-module.ts')
      await loadFaiss()
      const {FaissDatabase} = await import('../stores/faiss/faiss-database.ts')
      return new FaissDatabase(faissDirectory(context))
    }
    case 'pgvector':
      return pgvectorDatabase(context)
    case 'pinecone': {
      assertResident(context.settings, 'vectors', 'Pinecone')
      const service = await pineconeService(context)
      const {PineconeDatabase} = await import('../stores/pinecone/pinecone-database.ts')
      return new PineconeDatabase({service, tenant: context.tenant, ...(await writerOf('pinecone', context))})
    }
    case 'weaviate': {
      assertResident(context.settings, 'vectors', 'Weaviate')
      const service = await weaviateService(context)
      const {WeaviateDatabase} = await import('../stores/weaviate/weaviate-database.ts')
      return new WeaviateDatabase({service, tenant: context.tenant, ...(await writerOf('weaviate', context))})
    }
  }
}

/** Where a database keeps the tenant's indexes: a directory or a prefix of an object store; null for a server's own. */
export function indexLocation(vectorDb: VectorDatabase, context: Context): string | null {
  if (vectorDb === 'lancedb') return objectStoreUri(context) ?? indexDirectory(context)
  return vectorDb === 'faiss' ? faissDirectory(context) : null
}

/** The tenant's part of the object store that LanceDB is to keep its tables in, if it is. */
function objectStoreUri({settings, tenant}: Context): string | undefined {
  const uri = settings.get('rag.lancedb_uri') as string | undefined
  return uri === undefined ? undefined : `${uri.replace(/\/+$/u, '')}/${tenant}`
}

function faissDirectory(context: Context): string {
  return join(indexDirectory(context), 'faiss')
}

/** How the writers of a service's collections lock each other out, apart from those of other databases. */
async function writerOf(service: VectorDatabase, context: Context): Promise<WriterOptions> {
  const own = {directory: join(indexDirectory(context), service), signal: context.signal}
  const url = deploymentUrl(context)
  if (url === undefined) return own
  const {deploymentLock} = await import('../stores/remote/deployment-lock.ts')
  return {...own, lockEverywhere: deploymentLock(await poolOf(url, context), service, context.tenant)}
}

async function pgvectorDatabase(context: Context): Promise<PassageDatabase> {
  const url = deploymentUrl(context)
  if (url === undefined) {
    throw new VectorDatabaseNotConfiguredError('pgvector is the database of a deployment, and there is none', {
      hint: 'set OMNI_DATABASE_URL=postgres://…, or omni config set rag.vector_db lancedb',
    })
  }
  assertResident(context.settings, 'database', 'The database')
  const {PgvectorDatabase} = await import('../stores/pgvector/pgvector-database.ts')
  return new PgvectorDatabase({pool: await poolOf(url, context), tenant: context.tenant})
}

function deploymentUrl({settings}: Context): string | undefined {
  const url = settings.get('database_url') as string | undefined
  return url !== undefined && /^postgres(ql)?:/u.test(url) ? url : undefined
}

function poolOf(url: string, context: Context): Promise<pg.Pool> {
  return context.shared(
    `rag/pgvector/${url}`,
    async () => {
      const {default: pg} = await import('pg')
      const opened = new pg.Pool({connectionString: url, max: 8})
      // A connection that breaks while nobody uses it is replaced by the pool.
      opened.on('error', error => context.log.warn('A connection to PostgreSQL broke', {reason: error.message}))
      return opened
    },
    opened => opened.end(),
  )
}
