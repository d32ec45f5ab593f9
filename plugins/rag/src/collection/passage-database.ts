import {join} from 'node:path'
import {type Context, NotConfiguredError} from '@omni-ops/core/operation'
import type {PassageDatabase} from '../stores/passage-store.ts'
import type {VectorDatabase} from '../stores/vector-database.ts'
import {indexDirectory} from './index-directory.ts'

/** The settings name no database that passages could be kept in. */
export class VectorDatabaseNotConfiguredError extends NotConfiguredError {
  override readonly code = 'rag_vector_db_not_configured'
}

/**
 * The tenant's part of a vector database. Opens nothing yet.
 * @throws VectorDatabaseNotConfiguredError, FaissMissingError
 */
export async function passageDatabase(vectorDb: VectorDatabase, context: Context): Promise<PassageDatabase> {
  switch (vectorDb) {
    case 'lancedb': {
      const {LanceDbDatabase} = await import('../stores/lancedb/lancedb-database.ts')
      const uri = context.settings.get('rag.lancedb_uri') as string | undefined
      const directory = indexDirectory(context)
      return new LanceDbDatabase(
        uri === undefined ? {directory} : {directory, uri: `${uri.replace(/\/+$/u, '')}/${context.tenant}`},
      )
    }
    case 'faiss': {
      const {loadFaiss} = await import('../stores/faiss/faiss-module.ts')
      await loadFaiss()
      const {FaissDatabase} = await import('../stores/faiss/faiss-database.ts')
      return new FaissDatabase(join(indexDirectory(context), 'faiss'))
    }
    case 'pgvector':
      return pgvectorDatabase(context)
    default:
      throw new VectorDatabaseNotConfiguredError(`This program cannot keep passages in ${vectorDb}`, {
        hint: 'omni config set rag.vector_db lancedb',
      })
  }
}

async function pgvectorDatabase(context: Context): Promise<PassageDatabase> {
  const url = context.settings.get('database_url') as string | undefined
  if (url === undefined || !/^postgres(ql)?:/u.test(url)) {
    throw new VectorDatabaseNotConfiguredError('pgvector is the database of a deployment, and there is none', {
      hint: 'set OMNI_DATABASE_URL=postgres://…, or omni config set rag.vector_db lancedb',
    })
  }
  const pool = await context.shared(
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
  const {PgvectorDatabase} = await import('../stores/pgvector/pgvector-database.ts')
  return new PgvectorDatabase({pool, tenant: context.tenant})
}
