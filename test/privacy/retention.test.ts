import {mkdirSync, readdirSync, utimesSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import {expect, test} from 'vitest'
import {gdprHoldPlace} from '../../plugins/privacy/src/operations/gdpr-hold-place.ts'
import {gdprRetentionList} from '../../plugins/privacy/src/operations/gdpr-retention-list.ts'
import {gdprRetentionRun} from '../../plugins/privacy/src/operations/gdpr-retention-run.ts'
import {hold} from '../../plugins/rag/src/operations/hold.ts'
import {list} from '../../plugins/rag/src/operations/list.ts'
import {filesWith} from '../support/planted-person.ts'
import {Workspace} from '../support/workspace.ts'

const secret = 'kanarcek-retention-4b'
const days = {'log error report': 30, 'backup database copy': 90, 'file evaluation result': 10}

/** A file that was last written so many days ago. */
function aged(directory: string, name: string, ago: number): void {
  mkdirSync(directory, {recursive: true})
  const path = join(directory, name)
  if (name.endsWith('.db')) new BetterSqlite3(path).close()
  else writeFileSync(path, secret)
  const then = new Date(Date.now() - ago * 86_400_000)
  utimesSync(path, then, then)
}

async function filled(): Promise<{workspace: Workspace; reports: string; backups: string; evaluations: string}> {
  const workspace = new Workspace({env: {OMNI_PRIVACY_RETENTION_DAYS: JSON.stringify(days)}})
  const reports = await workspace.within(async ({directories}) => join(directories.state, 'reports'))
  const backups = join(workspace.data, 'backups')
  const evaluations = join(workspace.data, 'evaluations', 'default')
  for (const ago of [5, 40, 100]) {
    aged(reports, `${ago}.txt`, ago)
    aged(backups, `${ago}.db`, ago)
    aged(evaluations, `${ago}.json`, ago)
  }
  for (const name of ['over', 'held', 'kept']) workspace.write(`docs/${name}.md`, `# ${name}\n\n${secret} ${name}\n`)
  await workspace.ingest(['docs/over.md', 'docs/held.md'], {retainUntil: '2020-01-01'})
  await workspace.ingest(['docs/kept.md'])
  await workspace.call(hold, {sources: ['docs/held.md'], reason: 'a matter'})
  return {workspace, reports, backups, evaluations}
}

test('documents, files and copies of the database go when their time is over, and nothing else does', async () => {
  const {workspace, reports, backups, evaluations} = await filled()
  const {places} = await workspace.call(gdprRetentionList, {})
  const due = new Map(places.map(each => [each.place, each.due]))
  // What is under a hold of its own is not due.
  expect(due.get('vectors rag_passages')).toBe(1)
  expect([due.get('log error report'), due.get('backup database copy'), due.get('file evaluation result')]).toEqual([
    2, 1, 2,
  ])
  const planned = await workspace.call(gdprRetentionRun, {dry_run: true})
  expect(planned.places.map(({deleted}) => deleted)).toEqual(planned.places.map(() => 0))
  expect(readdirSync(reports)).toHaveLength(3)

  const run = await workspace.call(gdprRetentionRun, {})
  expect(run.places).toEqual(
    expect.arrayContaining([
      {place: 'vectors rag_passages', due: 1, deleted: 1, held: 0},
      {place: 'log error report', due: 2, deleted: 2, held: 0},
      {place: 'backup database copy', due: 1, deleted: 1, held: 0},
      {place: 'file evaluation result', due: 2, deleted: 2, held: 0},
    ]),
  )
  expect(readdirSync(reports)).toEqual(['5.txt'])
  expect(readdirSync(backups).toSorted()).toEqual(['40.db', '5.db'])
  expect(readdirSync(evaluations)).toEqual(['5.json'])
  const {items} = await workspace.call(list, {})
  expect(items.map(({source}) => source)).toEqual(['docs/held.md', 'docs/kept.md'])
  // To the byte: the index has no old version with it.
  expect(filesWith([join(workspace.data, 'rag')], [`${secret} over`])).toEqual([])
  expect((await workspace.call(gdprRetentionRun, {})).places).toEqual([])
})

test('a legal hold of a person holds everything that is due', async () => {
  const {workspace, reports} = await filled()
  await workspace.call(gdprHoldPlace, {user: 'ana@example.com', matter: 'Novak v. us'})
  const {places} = await workspace.call(gdprRetentionRun, {})
  expect(places.every(({due, deleted, held}) => deleted === 0 && held === due)).toBe(true)
  expect(readdirSync(reports)).toHaveLength(3)
})
