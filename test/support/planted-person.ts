import {spawn} from 'node:child_process'
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import type {Context} from '@omni-ops/core/operation'
import type {GivenIdentity, IdentityKind, PrivacyDeclaration} from '@omni-ops/core/privacy'
import {declaredTables, type TableDefinition, type TenantWriter} from '@omni-ops/core/store'
import BetterSqlite3 from 'better-sqlite3'
import {Vault} from '../../plugins/privacy/src/vault/vault.ts'
import {environment} from '../cli/program.ts'
import {registry, type Workspace} from './workspace.ts'

/** Nobody: every value is made up and stands nowhere else. */
export const planted = {
  email: 'zala.kanarcek-7f3a@primer.si',
  phone: '+386 40 987 654',
  principal: 'oidc-zala-7f3a9c41',
  customer: 'customer-zala-7f3a9c42',
  /** Words beside the identifiers: whole rows and documents have to go, not the identifiers alone. */
  words: 'kanarcekpoje9d2f',
} as const

export const given: readonly GivenIdentity[] = [
  {kind: 'email', value: 'Zala.Kanarcek-7F3A@primer.si'},
  {kind: 'phone', value: planted.phone},
  {kind: 'principal', value: planted.principal},
  {kind: 'customer', value: planted.customer},
]

/** Somebody else, of whom everything has to stay. */
export const bystander = {email: 'bor.vrabec-1b2c@primer.si', words: 'vrabeccivka5e6f'} as const

/** What may not be left anywhere, in the ways in which it was written. */
export const traces = [planted.email, planted.words, '040 987 654', '40987654', 'ZALA.KANARCEK']

/** Tables that the product alone puts rows into; a legal hold would keep its document, which has a test of its own. */
const ownAffair = new Set([
  'omni_audit',
  'omni_audit_head',
  'omni_migrations',
  'omni_suppressions',
  'privacy_tokens',
  'rag_document_holds',
])

/** Columns whose values mean something to the product. */
const meaningful: Readonly<Record<string, Record<string, unknown>>> = {
  rag_vector_databases: {vector_db: 'lancedb', copy: null, previous: null},
  rag_indexes: {embedding: null, weights: null, shadow: null, obsolete_index: null},
  rag_documents: {state: 'indexed'},
}

type AnyWriter = TenantWriter<Record<string, Record<string, unknown>>>

/** A row about the person in every table of every plugin, whatever tables there are. @returns the personal ones */
export async function plantRows(context: Context): Promise<PrivacyDeclaration[]> {
  const declarations = new Map((await registry.privacy()).map(each => [`${each.store} ${each.table}`, each]))
  const tables = Object.entries(declaredTables([...(await kernelTables()), ...(await registry.migrations())]))
  const store = await context.store()
  const done = new Map<string, Record<string, unknown>>()
  const waiting = tables.filter(([name, {scope}]) => scope === 'tenant' && !ownAffair.has(name))
  while (waiting.length > 0) {
    const [name, table] = waiting.shift()!
    const references = table.references ?? []
    if (references.some(each => each.table !== name && waiting.some(([other]) => other === each.table))) {
      waiting.push([name, table])
      continue
    }
    const declaration = declarations.get(`sql ${name}`)!
    const row = {...plantedRow(name, table, declaration, done), ...meaningful[name]}
    for (const {columns, table: parent, to} of references) {
      for (const [at, column] of columns.entries()) {
        row[column] = done.get(parent)?.[to[at]!] ?? row[column]
      }
    }
    done.set(name, row)
    await store.unit(context, {audit: false}, async unit => {
      await unit
        .database<AnyWriter extends TenantWriter<infer DB> ? DB : never>()
        .insertInto(name)
        .values(row)
        .execute()
    })
  }
  return tables.flatMap(([name]) => {
    const declaration = declarations.get(`sql ${name}`)
    return declaration?.personal !== undefined && done.has(name) ? [declaration] : []
  })
}

async function kernelTables() {
  const {kernelMigrations} = await import('../../src/store/kernel-migrations.ts')
  return kernelMigrations
}

function plantedRow(
  name: string,
  {columns}: TableDefinition,
  {fields, personal}: PrivacyDeclaration,
  done: ReadonlyMap<string, Record<string, unknown>>,
): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  const isKept = typeof personal?.erasure === 'object' && 'kept' in personal.erasure
  for (const [column, {type}] of Object.entries(columns)) {
    const field = fields[column]
    const identity = field === undefined || field === 'non-personal' ? undefined : field.identity
    const words = isKept ? `user:${planted.principal}` : `Call ${planted.email} on 040 987 654 about ${planted.words}.`
    const isPersonal = field !== undefined && field !== 'non-personal'
    row[column] = valueOf(type, identity ? valueOfKind(identity) : isPersonal ? words : `${name}-planted`)
  }
  const {subject} = personal ?? {}
  if (subject !== undefined && 'table' in subject) {
    row[subject.field] = done.get(subject.table)?.[subject.to] ?? row[subject.field]
  }
  return row
}

function valueOfKind(kind: IdentityKind): string {
  return (planted as Partial<Record<IdentityKind, string>>)[kind] ?? planted.customer
}

function valueOf(type: string, text: string): unknown {
  switch (type) {
    case 'json':
      return {said: text}
    case 'timestamp':
      return '2026-01-02T03:04:05.678Z'
    case 'integer':
    case 'real':
      return 1
    case 'bigint':
      return 1n
    case 'boolean':
      return false
    case 'bytes':
      return Buffer.from(text)
    default:
      return text
  }
}

/** Documents that name the person in several ways, beside others that do not. */
export async function plantDocuments(workspace: Workspace, collections: readonly string[]): Promise<void> {
  const filler = Array.from({length: 40}, (_, at) => `Sentence ${at} of the manual says nothing of anybody.`).join(' ')
  workspace.write('docs/letter.md', `# Letter\n\nWrite to ${planted.email}: ${planted.words}.\n\n${filler}\n`)
  workspace.write('docs/shout.md', `# Shouted\n\nASK ${planted.email.toUpperCase()} ABOUT ${planted.words}.\n`)
  workspace.write('docs/call.md', `# Call\n\nOn 040 987 654 somebody answers ${planted.words}.\n`)
  workspace.write(
    'docs/property.md',
    `---\nauthor: ${planted.email}\n---\n# Untitled\n\nNobody, but ${planted.words}.\n`,
  )
  workspace.write('docs/other.md', `# Other\n\nWrite to ${bystander.email}: ${bystander.words}.\n\n${filler}\n`)
  for (const collection of collections) await workspace.ingest(['docs'], {collection})
}

/** What a killed process left in the directory of temporary files. @returns its path */
export function plantTemporary(): string {
  const temporary = mkdtempSync(join(tmpdir(), 'omni-eval-'))
  writeFileSync(join(temporary, 'queries.jsonl'), Buffer.from(`${planted.email} ${planted.words}`, 'utf16le'))
  return temporary
}

/** Files and values that are no rows. */
export async function plantFiles(context: Context): Promise<void> {
  const vault = await Vault.open(context)
  await vault.tokenize([planted.email, bystander.email], {domain: 'crm', mode: 'convergent'})
  const {state, data} = context.directories
  mkdirSync(join(state, 'reports'), {recursive: true})
  writeFileSync(join(state, 'reports', '2026.txt'), `could not send to ${planted.email} ${planted.words}`)
  const evaluations = join(data, 'evaluations', context.tenant)
  mkdirSync(evaluations, {recursive: true})
  writeFileSync(join(evaluations, 'before.json'), JSON.stringify({answer: `${planted.email} ${planted.words}`}))
  mkdirSync(join(data, 'backups'), {recursive: true})
  const database = new BetterSqlite3(join(data, 'omni.db'))
  await database.backup(join(data, 'backups', 'omni-2026-01-01T00-00-00-000Z.db'))
  database.close()
}

/** Everything that comes, in order. */
export async function collected<T>(coming: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const each of coming) all.push(each)
  return all
}

/** Every file below the directories in which one of the words stands, in UTF-8 or UTF-16, in any case. */
export function filesWith(directories: readonly string[], words: readonly string[]): string[] {
  const sought = words.flatMap(word =>
    (['utf8', 'utf16le'] as const).map(encoding => Buffer.from(word.toLowerCase(), encoding).toString('latin1')),
  )
  return directories.flatMap(directory =>
    readdirSync(directory, {recursive: true, withFileTypes: true})
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
      .filter(path => {
        const bytes = readFileSync(path).toString('latin1').toLowerCase()
        return sought.some(each => bytes.includes(each))
      }),
  )
}

/** Erases the person in a process of its own, which can be killed. Prints a line when it has ended. */
export function startErasing(workspace: Workspace) {
  const child = fileURLToPath(new URL('./erasing.child.ts', import.meta.url))
  return spawn(process.execPath, [child], {
    cwd: workspace.directory,
    env: environment(workspace.home, workspace.env),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** What stands around the first trace in a file, to tell how it came there. */
export function surroundings(path: string, words: readonly string[]): string {
  const bytes = readFileSync(path).toString('latin1')
  const at = Math.min(...words.map(word => bytes.toLowerCase().indexOf(word.toLowerCase())).filter(each => each >= 0))
  return Number.isFinite(at) ? JSON.stringify(bytes.slice(Math.max(0, at - 200), at + 100)) : ''
}
