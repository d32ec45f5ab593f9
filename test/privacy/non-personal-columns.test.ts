import {join} from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import {expect, test} from 'vitest'
import {createDetector} from '../../plugins/privacy/src/detect/create-detector.ts'
import {tokenize} from '../../plugins/privacy/src/operations/tokenize.ts'
import {chat} from '../../plugins/rag/src/operations/chat.ts'
import {hold} from '../../plugins/rag/src/operations/hold.ts'
import {query} from '../../plugins/rag/src/operations/query.ts'
import {release} from '../../plugins/rag/src/operations/release.ts'
import {remove} from '../../plugins/rag/src/operations/remove.ts'
import {bystander, planted, plantDocuments} from '../support/planted-person.ts'
import {registry, Workspace} from '../support/workspace.ts'

/** Kinds that nothing else looks like: ids and digests have digits enough for a telephone number. */
const types = ['EMAIL_ADDRESS', 'IBAN', 'PERSON'] as const

test('columns that are said not to be personal hold nothing that is, after real use', async () => {
  const workspace = new Workspace({env: {OMNI_PRIVACY_KEY: 'k'.repeat(40)}})
  await plantDocuments(workspace, ['letters'])
  workspace.write(`docs/${planted.email}.md`, `# ${planted.email}\n\nJanez Novak, SI56 0203 6025 3863 406\n`)
  await workspace.ingest(['docs'], {collection: 'letters', metadata: {author: planted.email}})
  const collection = 'letters'
  const sources = [`docs/${planted.email}.md`]
  const reason = `Janez Novak v. ${planted.email}`
  await workspace.call(hold, {sources, collection, reason})
  await workspace.call(release, {sources, collection, reason})
  await workspace.call(query, {query: `Where is ${planted.email}?`, collection})
  await workspace.call(chat, {message: `Who is ${planted.email}, Janez Novak?`, collection})
  await workspace.call(tokenize, {values: [bystander.email], domain: 'crm'})
  await workspace.call(remove, {sources, collection})
  const background = await workspace.omni(['rag', 'eval', 'missing.jsonl', '--json'])
  expect(background.code).not.toBe(0)

  const detector = await createDetector({types, threshold: 0.6})
  const database = new BetterSqlite3(join(workspace.data, 'omni.db'), {readonly: true})
  const found: string[] = []
  let looked = 0
  for (const {store, table, fields} of await registry.privacy()) {
    if (store !== 'sql') continue
    for (const [column, field] of Object.entries(fields)) {
      if (field !== 'non-personal') continue
      const rows = database.prepare<[], {value: unknown}>(`select "${column}" as value from "${table}"`).all()
      for (const {value} of rows) {
        if (typeof value !== 'string') continue
        looked += 1
        for (const {type, start, end} of detector.detect(value, {field: column})) {
          found.push(`${table}.${column}: ${type} ${value.slice(start, end)}`)
        }
      }
    }
  }
  database.close()
  expect(looked).toBeGreaterThan(100)
  expect(found).toEqual([])
})
