import {FaissDatabase} from '../../src/stores/faiss/faiss-database.ts'
import type {PassageDatabase} from '../../src/stores/passage-store.ts'

export async function openDatabase(directory: string): Promise<PassageDatabase> {
  return new FaissDatabase(directory)
}
