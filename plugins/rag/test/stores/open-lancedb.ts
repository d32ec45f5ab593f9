import {LanceDbDatabase} from '../../src/stores/lancedb/lancedb-database.ts'
import type {PassageDatabase} from '../../src/stores/passage-store.ts'

export async function openDatabase(directory: string): Promise<PassageDatabase> {
  return new LanceDbDatabase({directory})
}
