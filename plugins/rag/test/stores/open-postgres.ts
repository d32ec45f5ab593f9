import pg from 'pg'
import {PgvectorDatabase} from '../../src/stores/pgvector/pgvector-database.ts'
import type {PassageDatabase} from '../../src/stores/passage-store.ts'

/** @param argument URL and tenant, with a space in between. */
export async function openDatabase(argument: string): Promise<PassageDatabase> {
  const [connectionString, tenant] = argument.split(' ') as [string, string]
  return new PgvectorDatabase({pool: new pg.Pool({connectionString}), tenant})
}
