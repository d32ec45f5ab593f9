import {lstat, readdir, rm} from 'node:fs/promises'
import {tmpdir, userInfo} from 'node:os'
import {join} from 'node:path'
import type {Context} from '../operation/context.ts'
import {systemOf} from '../store/system.ts'
import {filesBelow, occurrencesInFile} from './byte-scan.ts'
import {isKept} from './declaration.ts'
import {expireFiles, filePlace} from './file-place.ts'
import {IdentifierSearch} from './identifier-search.ts'
import type {KeepReason, PersonalRecord, PersonalStore, Subject} from './personal-store.ts'
import {recordId} from './personal-store.ts'
import {erasureOrder} from './erasure-order.ts'
import {SqlPlaces} from './sql-place.ts'
import {copyRows} from './sql-rows.ts'

/** The kernel's places that are no rows of the database: its copies, error reports, what killed processes left. */
export async function openPersonalStores(context: Context): Promise<readonly PersonalStore[]> {
  const {directories, clock} = context
  return [
    await databaseCopies(context),
    filePlace({
      store: 'log',
      table: 'error report',
      field: 'text',
      files: () => filesBelow(join(directories.state, 'reports')),
      covers: [join(directories.state, 'reports')],
      clock,
    }),
    filePlace({store: 'file', table: 'temporary file', field: 'content', files: temporaryFiles, covers: [], clock}),
  ]
}

/** What this program calls its temporary directories, and `mkdtemp` adds. */
const temporaryName = /^omni-(?:eval|git)-[A-Za-z0-9]{6}$/

async function* temporaryFiles(): AsyncGenerator<string> {
  for (const name of (await readdir(tmpdir()).catch(() => [])).toSorted()) {
    if (!temporaryName.test(name)) continue
    const path = join(tmpdir(), name)
    const about = await lstat(path).catch(() => undefined)
    // Somebody else's is nothing that this program could read or has to answer for. Windows has no such numbers.
    const {uid} = userInfo()
    if (about?.isDirectory() && (uid < 0 || about.uid === uid)) yield* filesBelow(path)
  }
}

/**
 * Copies of the SQLite database, made before migrations. One record per copy that names the subject; erasing goes into
 * the copy and takes the subject's rows out of it, so that it can still be put back.
 */
async function databaseCopies(context: Context): Promise<PersonalStore> {
  const {tenant, directories, registry} = context
  const system = systemOf(await context.store())
  const directory = join(directories.data, 'backups')
  const declarations = await registry.privacy()
  const place = {store: 'backup', table: 'database copy'} as const
  const isLocal = system.engine.dialect === 'sqlite'

  async function* copies(): AsyncGenerator<string> {
    if (!isLocal) return
    for await (const path of filesBelow(directory)) if (path.endsWith('.db')) yield path
  }
  const open = (path: string) => copyRows(path, {tenant, migrations: system.migrations})

  async function* locate(subject: Subject): AsyncGenerator<PersonalRecord> {
    for await (const path of copies()) {
      const rows = await open(path)
      try {
        const found = new Map<string, number>()
        const places = new SqlPlaces(rows, declarations)
        for (const {table, personal} of declarations) {
          if (personal === undefined || isKept(personal.erasure)) continue
          for await (const _ of places.place(table)?.locate(subject) ?? [])
            found.set(table, (found.get(table) ?? 0) + 1)
        }
        if (found.size === 0) continue
        const content = [...found].map(([table, count]) => `${table}: ${count}`).join(', ')
        yield {...place, key: path, fields: {content}, matchedBy: subject.identities, match: 'identity'}
      } finally {
        await rows.close()
      }
    }
  }

  return {
    ...place,
    locate,
    covers: [directory],
    expire: terms => expireFiles(copies(), terms, context.clock),
    async erase(subject, decisions) {
      const kept: ({readonly key: string} & KeepReason)[] = []
      const search = new IdentifierSearch(subject)
      let erased = 0
      // What a killed process had copied up to there is no copy.
      if (isLocal) for await (const path of filesBelow(directory)) if (path.endsWith('.partial')) await rm(path)
      for await (const path of copies()) {
        const decided = decisions.keep.get(recordId({...place, key: path}))
        if (decided !== undefined) {
          kept.push({key: path, ...decided})
          continue
        }
        const rows = await open(path)
        try {
          const places = new SqlPlaces(rows, declarations)
          let gone = 0
          let stays = 0
          for (const {table, personal} of erasureOrder(declarations)) {
            const receipt = await places.place(table)?.erase?.(subject, decisions)
            gone += receipt?.erased ?? 0
            if (!isKept(personal?.erasure)) stays += receipt?.kept.length ?? 0
          }
          if (stays > 0) kept.push({key: path, reason: `${stays} records in it are kept as in the database`})
          if (gone > 0 || (await occurrencesInFile(path, search)) > 0) await rows.purge()
          if (gone > 0 && stays === 0) erased += 1
        } finally {
          await rows.close()
        }
      }
      return {...place, found: erased + kept.length, erased, kept, verified: true, state: 'done'}
    },
    async *verifyErased(subject) {
      const {SqliteEngine} = await import('../store/sqlite-engine.ts')
      const {unexplainedOccurrences} = await import('./sqlite-bytes.ts')
      for await (const path of copies()) {
        const engine = await SqliteEngine.load({path, readonly: false, busyTimeout: 1_000})
        try {
          const found = await unexplainedOccurrences(engine, new IdentifierSearch(subject))
          if (found === 0) continue
          const message = found === undefined ? 'another process has it open' : 'bytes of deleted rows'
          yield {
            store: 'backup',
            place: path,
            kind: found === undefined ? 'unverifiable' : 'bytes',
            found: found ?? 0,
            message,
          }
        } finally {
          await engine.close()
        }
      }
    },
  }
}
