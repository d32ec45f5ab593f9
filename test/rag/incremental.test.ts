import {appendFileSync, chmodSync, renameSync, rmSync, truncateSync, writeFileSync} from 'node:fs'
import {execFileSync} from 'node:child_process'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {auditList} from '../../src/audit/operations/index.ts'
import type {IngestSummary} from '../../plugins/rag/src/ingest/ingest-run.ts'
import {list} from '../../plugins/rag/src/operations/list.ts'
import {search} from '../../plugins/rag/src/operations/search.ts'
import {indexState} from '../support/index-state.ts'
import {accountWithoutRights, permissionsUntestable} from '../../src/testing/account.ts'
import {Workspace, type WorkspaceOptions} from '../support/workspace.ts'

const counts = ({added, changed, unchanged, removed, failures}: IngestSummary) => ({
  added,
  changed,
  unchanged,
  removed,
  failures,
})

async function sources(workspace: Workspace, collection = 'default'): Promise<string[]> {
  const {items} = await workspace.call(list, {collection, limit: 1000})
  return items.map(item => item.source)
}

function handbook(options: WorkspaceOptions = {}): Workspace {
  const workspace = new Workspace(options)
  workspace.write('docs/vacation.md', '# Vacation\n\nEvery employee has 25 days of vacation a year.\n')
  workspace.write('docs/notice.md', '# Notice\n\nThe notice period is three months.\n')
  workspace.write('docs/sl/odpoved.md', '# Odpovedni rok\n\nOdpovedni rok je trideset dni.\n')
  return workspace
}

describe('what has changed is ingested, and nothing else', () => {
  test('added, unchanged and changed files are told apart', async () => {
    const workspace = handbook()
    expect(counts(await workspace.ingest(['docs']))).toMatchObject({added: 3, changed: 0, unchanged: 0})
    expect(counts(await workspace.ingest(['docs']))).toMatchObject({added: 0, changed: 0, unchanged: 3})
    workspace.write('docs/notice.md', '# Notice\n\nThe notice period is six months.\n')
    workspace.write('docs/remote.md', '# Remote work\n\nTwo days a week from home.\n')
    expect(counts(await workspace.ingest(['docs']))).toMatchObject({added: 1, changed: 1, unchanged: 2})
    const {results} = await workspace.call(search, {query: 'how long is the notice period'})
    expect(results[0]?.text).toContain('six months')
    expect(results.map(result => result.text).join()).not.toContain('three months')
  })

  test('other metadata makes a document changed', async () => {
    const workspace = handbook()
    await workspace.ingest(['docs'], {metadata: {year: '2025'}})
    expect(counts(await workspace.ingest(['docs'], {metadata: {year: '2025'}}))).toMatchObject({unchanged: 3})
    expect(counts(await workspace.ingest(['docs'], {metadata: {year: '2026'}}))).toMatchObject({changed: 3})
    const found = async (year: string) =>
      (await workspace.call(search, {query: 'notice period', filter_metadata: {year}})).count
    expect(await found('2025')).toBe(0)
    expect(await found('2026')).toBeGreaterThan(0)
  })

  test('the same content in two files is two documents', async () => {
    const workspace = handbook()
    workspace.write('docs/copy.md', '# Notice\n\nThe notice period is three months.\n')
    expect(counts(await workspace.ingest(['docs']))).toMatchObject({added: 4})
    const {results} = await workspace.call(search, {query: 'notice period'})
    expect(results.map(result => result.source)).toEqual(expect.arrayContaining(['docs/copy.md', 'docs/notice.md']))
  })

  test('a renamed file is a new document, and with prune the old one goes', async () => {
    const workspace = handbook()
    await workspace.ingest(['docs'])
    renameSync(workspace.path('docs/notice.md'), workspace.path('docs/termination.md'))
    expect(counts(await workspace.ingest(['docs'], {prune: true}))).toMatchObject({added: 1, unchanged: 2, removed: 1})
    expect(await sources(workspace)).toEqual(['docs/sl/odpoved.md', 'docs/termination.md', 'docs/vacation.md'])
  })

  test('a run that finds nothing new writes nothing, not even to the audit log', async () => {
    const workspace = handbook()
    await workspace.ingest(['docs'])
    const before = await workspace.call(auditList, {})
    await workspace.ingest(['docs'])
    expect(await workspace.call(auditList, {})).toEqual(before)
  })

  test('a file that vanishes between counting and reading is reported, the rest is ingested', async () => {
    const workspace = handbook()
    const summary = await workspace.within(async context => {
      const {FileSourceReader} = await import('../../plugins/rag/src/ingest/file-source-reader.ts')
      const {runIngest} = await import('../../plugins/rag/src/ingest/ingest-run.ts')
      const reader = new FileSourceReader({
        inputs: ['docs'],
        include: [],
        exclude: [],
        workingDirectory: workspace.directory,
        maxBytes: 1_000_000,
        allowPrivateUrls: false,
        webDelay: 0,
        known: async () => undefined,
        knownUnder: async () => new Map(),
        s3: () => ({}),
        signal: context.signal,
      })
      const vanishing = {
        count: () => reader.count(),
        covers: (source: string) => reader.covers(source),
        close: () => reader.close(),
        async *find() {
          for await (const found of reader.find()) {
            if (found.source === 'docs/notice.md') rmSync(workspace.path(found.source))
            yield found
          }
        },
      }
      const options = {collection: 'default', metadata: {}, prune: false, dryRun: false}
      return runIngest(vanishing, options, context)
    })
    expect(counts(summary)).toMatchObject({added: 2, failures: 1})
    expect(summary.failed).toMatchObject([{source: 'docs/notice.md', reason: 'not_found'}])
  })
})

describe('dry run', () => {
  test('changes nothing, and says what would happen', async () => {
    const workspace = handbook()
    await workspace.ingest(['docs'])
    const state = () => workspace.within(context => indexState(context, ['notice period', 'odpovedni rok']))
    const before = {state: await state(), audit: await workspace.call(auditList, {})}
    workspace.write('docs/notice.md', '# Notice\n\nThe notice period is six months.\n')
    workspace.write('docs/new.md', '# New\n\nSomething that was not there.\n')
    rmSync(workspace.path('docs/vacation.md'))
    const summary = await workspace.ingest(['docs'], {dryRun: true, prune: true})
    expect(counts(summary)).toEqual({added: 1, changed: 1, unchanged: 1, removed: 1, failures: 0})
    expect({state: await state(), audit: await workspace.call(auditList, {})}).toEqual(before)
  })

  test('into a collection that is not there makes none', async () => {
    const workspace = handbook()
    const finished = await workspace.omni(['rag', 'ingest', 'docs', '--dry-run', '--prune'])
    expect(finished).toMatchObject({code: 0, stdout: expect.stringContaining('3 added')})
    expect(await workspace.json(['rag', 'collections'])).toEqual({collections: []})
  })
})

describe('prune', () => {
  test('removes what vanished where the inputs look, and nothing elsewhere', async () => {
    const workspace = handbook()
    workspace.write('manuals/pump.md', '# Pump\n\nOpen the valve first.\n')
    workspace.write('docs-old/archive.md', '# Archive\n\nKept for ten years.\n')
    await workspace.ingest(['docs', 'manuals', 'docs-old'])
    for (const path of ['docs/notice.md', 'manuals/pump.md', 'docs-old/archive.md']) rmSync(workspace.path(path))
    expect(counts(await workspace.ingest(['docs'], {prune: true}))).toMatchObject({unchanged: 2, removed: 1})
    expect(await sources(workspace)).toEqual([
      'docs-old/archive.md',
      'docs/sl/odpoved.md',
      'docs/vacation.md',
      'manuals/pump.md',
    ])
  })

  test('without it, what vanished stays', async () => {
    const workspace = handbook()
    await workspace.ingest(['docs'])
    rmSync(workspace.path('docs/notice.md'))
    expect(counts(await workspace.ingest(['docs']))).toMatchObject({unchanged: 2, removed: 0})
    expect(await sources(workspace)).toContain('docs/notice.md')
  })

  test('keeps what can no longer be read', async () => {
    const workspace = handbook()
    await workspace.ingest(['docs'])
    workspace.write('docs/notice.md', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3, 0, 0, 0, 0]))
    const summary = await workspace.ingest(['docs'], {prune: true})
    expect(counts(summary)).toMatchObject({unchanged: 2, removed: 0, failures: 1})
    expect(await sources(workspace)).toContain('docs/notice.md')
  })

  test('keeps everything where the directory itself is missing', async () => {
    const workspace = handbook()
    await workspace.ingest(['docs'])
    renameSync(workspace.path('docs'), workspace.path('unmounted'))
    const summary = await workspace.ingest(['docs'], {prune: true})
    expect(counts(summary)).toMatchObject({removed: 0, failures: 1})
    expect(await sources(workspace)).toHaveLength(3)
  })

  test.skipIf(permissionsUntestable !== undefined)(
    'keeps everything below a directory that cannot be entered',
    async () => {
      const account = accountWithoutRights
      const workspace = handbook(account ? {account} : {})
      await workspace.json(['rag', 'ingest', 'docs'])
      chmodSync(workspace.path('docs/sl'), 0)
      const summary = await workspace.json<IngestSummary>(['rag', 'ingest', 'docs', '--prune'], 3)
      chmodSync(workspace.path('docs/sl'), 0o755)
      expect(counts(summary)).toMatchObject({unchanged: 2, removed: 0, failures: 1})
      expect(summary.failed).toMatchObject([{source: 'docs/sl', reason: 'unreadable'}])
    },
  )

  test('with patterns removes nothing: what they leave out has not vanished', async () => {
    const workspace = handbook()
    await workspace.ingest(['docs'])
    const summary = await workspace.ingest(['docs'], {prune: true, include: ['*.md'], exclude: ['sl/']})
    expect(counts(summary)).toMatchObject({unchanged: 2, removed: 0})
  })
})

describe('what cannot be read is named, the rest is ingested, and the exit code is 3', () => {
  test('broken, binary, huge, empty and special files and odd names', async () => {
    const workspace = handbook()
    workspace.write('docs/broken.pdf', '%PDF-1.7\n1 0 obj\n<< /Type /Catalog')
    workspace.write('docs/program.md', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0]))
    workspace.write('docs/empty.md', '')
    workspace.write('docs/huge.log', '')
    truncateSync(workspace.path('docs/huge.log'), 2_000_000_000)
    if (process.platform === 'linux') {
      execFileSync('mkfifo', [workspace.path('docs/pipe.md')])
      writeFileSync(
        Buffer.concat([Buffer.from(join(workspace.path('docs'), 'na')), Buffer.from([0xff]), Buffer.from('me.md')]),
        '# Name\n',
      )
    }
    const summary = await workspace.json<IngestSummary>(['rag', 'ingest', 'docs'], 3)
    expect(counts(summary)).toMatchObject({added: 3, failures: process.platform === 'linux' ? 5 : 4})
    const reasons = Object.fromEntries(summary.failed.map(({source, reason}) => [source, reason]))
    expect(reasons).toMatchObject({
      'docs/broken.pdf': 'corrupt',
      'docs/program.md': 'binary',
      'docs/empty.md': 'empty',
      'docs/huge.log': 'too_large',
    })
    expect(Object.values(reasons)).toContain('name_not_utf8')
    expect(await sources(workspace)).toEqual(['docs/notice.md', 'docs/sl/odpoved.md', 'docs/vacation.md'])
    const shown = await workspace.omni(['rag', 'ingest', 'docs'])
    expect(shown.code).toBe(3)
    expect(shown.stderr).toContain('docs/broken.pdf')
  })

  test('a FIFO that is named is refused and not waited for', async () => {
    const workspace = handbook()
    execFileSync('mkfifo', [workspace.path('pipe.md')])
    const summary = await workspace.json<IngestSummary>(['rag', 'ingest', 'pipe.md', 'docs/notice.md'], 3)
    expect(counts(summary)).toMatchObject({added: 1, failures: 1})
  })

  test('where nothing can be read, there is still a summary', async () => {
    const workspace = new Workspace()
    workspace.write('docs/empty.md', '')
    const summary = await workspace.json<IngestSummary>(['rag', 'ingest', 'docs'], 3)
    expect(counts(summary)).toMatchObject({added: 0, failures: 1})
  })

  test('an empty directory is no failure', async () => {
    const workspace = new Workspace()
    workspace.write('docs/.keep', '')
    const summary = await workspace.json<IngestSummary>(['rag', 'ingest', 'docs'])
    expect(counts(summary)).toMatchObject({added: 0, failures: 0})
  })

  test('a file that grows while it is read is complete or reported, never half', async () => {
    const workspace = handbook()
    const {readSourceFile} = await import('../../plugins/rag/src/loaders/read-file.ts')
    const path = workspace.path('docs/growing.md')
    workspace.write('docs/growing.md', 'a line\n'.repeat(400_000))
    const reading = readSourceFile(path, {source: 'docs/growing.md'}).then(
      bytes => bytes.length,
      (error: {reason?: string}) => error.reason,
    )
    appendFileSync(path, 'the end\n')
    expect([400_000 * 7, 400_000 * 7 + 8, 'changed']).toContain(await reading)
  })
})

describe('inputs', () => {
  test('a file, a glob, a directory and stdin in one run; what several name comes once', async () => {
    const workspace = handbook()
    workspace.write('notes/a.txt', 'The first note is about invoices.')
    workspace.write('notes/b.txt', 'The second note is about refunds.')
    const finished = await workspace.omni(['rag', 'ingest', 'docs/notice.md', 'notes/*.txt', 'docs', '-', '--json'], {
      input: 'What came by a pipe is about warranties.',
    })
    expect(finished.code).toBe(0)
    expect(JSON.parse(finished.stdout)).toMatchObject({added: 6, found: 6})
    expect(await sources(workspace)).toEqual([
      '-',
      'docs/notice.md',
      'docs/sl/odpoved.md',
      'docs/vacation.md',
      'notes/a.txt',
      'notes/b.txt',
    ])
  })

  test('include, exclude, .gitignore and .omniignore decide what is read', async () => {
    const workspace = handbook()
    workspace.write('docs/draft.txt', 'A draft of something.')
    workspace.write('docs/private.md', '# Private\n\nNot for the index.\n')
    workspace.write('docs/.omniignore', 'private.md\n')
    await workspace.ingest(['docs'], {collection: 'rules'})
    expect(await sources(workspace, 'rules')).not.toContain('docs/private.md')
    await workspace.ingest(['docs'], {collection: 'include', include: ['*.txt']})
    expect(await sources(workspace, 'include')).toEqual(['docs/draft.txt'])
    await workspace.ingest(['docs'], {collection: 'exclude', exclude: ['sl', '*.txt']})
    expect(await sources(workspace, 'exclude')).toEqual(['docs/notice.md', 'docs/vacation.md'])
  })

  test('a file and a glob that are not there are reported', async () => {
    const workspace = handbook()
    const summary = await workspace.json<IngestSummary>(['rag', 'ingest', 'nowhere.md', 'none/*.md', 'docs'], 3)
    expect(summary.failed.map(({source, reason}) => [source, reason])).toEqual([
      ['nowhere.md', 'not_found'],
      ['none/*.md', 'not_found'],
    ])
    expect(summary.added).toBe(3)
  })
})
