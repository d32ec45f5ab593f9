import {rm, stat} from 'node:fs/promises'
import type {Clock} from '../operation/context.ts'
import type {DataStore} from './declaration.ts'
import {occurrencesInFile} from './byte-scan.ts'
import {IdentifierSearch} from './identifier-search.ts'
import type {Expired, ExpiryTerms, KeepReason, PersonalRecord, PersonalStore, Subject} from './personal-store.ts'
import {keepReason} from './sql-place.ts'

export interface FilePlaceOptions {
  readonly store: DataStore
  readonly table: string
  /** The one declared field that stands for what is in a file. */
  readonly field: string
  readonly files: () => AsyncIterable<string>
  readonly covers: readonly string[]
  readonly clock: Pick<Clock, 'now'>
}

/** Files that go as a whole where they hold an identifier of the subject; the path is a record's key. */
export function filePlace({store, table, field, files, covers, clock}: FilePlaceOptions): PersonalStore {
  async function* locate(subject: Subject): AsyncGenerator<PersonalRecord> {
    const search = new IdentifierSearch(subject)
    if (!search.isTelling) return
    for await (const path of files()) {
      const found = await occurrencesInFile(path, search)
      if (found === 0) continue
      const at = (await stat(path).catch(() => undefined))?.mtime.toISOString()
      const fields = {[field]: `names the person ${found} ${found === 1 ? 'time' : 'times'}`}
      const matchedBy = subject.identities
      yield {store, table, key: path, ...(at === undefined ? {} : {at}), fields, matchedBy, match: 'free-text'}
    }
  }
  return {
    store,
    table,
    covers,
    locate,
    expire: terms => expireFiles(files(), terms, clock),
    async erase(subject, decisions) {
      const kept: ({readonly key: string} & KeepReason)[] = []
      let erased = 0
      for await (const record of locate(subject)) {
        const reason = keepReason(record, decisions)
        if (reason !== undefined) {
          kept.push({key: record.key, ...reason})
          continue
        }
        await rm(record.key, {force: true})
        erased += 1
      }
      return {store, table, found: erased + kept.length, erased, kept, verified: true, state: 'done'}
    },
  }
}

const day = 24 * 60 * 60 * 1000

/** Deletes files that were last written so many days ago; without a number of days none is due. */
export async function expireFiles(
  files: AsyncIterable<string>,
  {days, dryRun}: ExpiryTerms,
  clock: Pick<Clock, 'now'>,
): Promise<Expired> {
  if (days === undefined) return {due: 0, deleted: 0, held: 0}
  const last = clock.now().getTime() - days * day
  let due = 0
  for await (const path of files) {
    const about = await stat(path).catch(() => undefined)
    if (about === undefined || about.mtimeMs > last) continue
    due += 1
    if (!dryRun) await rm(path, {force: true})
  }
  return {due, deleted: dryRun ? 0 : due, held: 0}
}
