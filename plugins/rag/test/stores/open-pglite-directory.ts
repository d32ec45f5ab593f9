import type {PassageDatabase} from '../../src/stores/passage-store.ts'
import {PgvectorDatabase} from '../../src/stores/pgvector/pgvector-database.ts'
import {openPglite} from './open-pglite.ts'

export async function openDatabase(directory: string): Promise<PassageDatabase> {
  const {pool} = await openPglite(directory)
  return new PgvectorDatabase({pool, tenant: 'killed'})
}
