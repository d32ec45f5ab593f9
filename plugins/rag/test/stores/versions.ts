import type {DocumentRows} from '../../src/stores/passage-store.ts'
import {along, DIMENSION, rowOf} from './stored-rows.ts'

/** The documents that a writer replaces until it is killed. */
export const CRASH_DOCUMENTS = ['first', 'second', 'third']

/**
 * A version of a document: how many passages it has depends on the version, and each of them names it.
 * @param dense whether they have vectors.
 */
export function versionOf(documentId: string, version: number, dense: boolean): DocumentRows {
  return {
    documentId,
    rows: Array.from({length: passagesOfVersion(version)}, (_, ordinal) =>
      rowOf(documentId, ordinal, `version ${version} part${ordinal}`, {
        metadata: {version: String(version)},
        ...(dense ? {vector: along(version % DIMENSION)} : {}),
      }),
    ),
  }
}

export function passagesOfVersion(version: number): number {
  return 2 + (version % 5)
}
