import {chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {describe, expect, test} from 'vitest'
import {list} from '../../plugins/rag/src/operations/list.ts'
import {search} from '../../plugins/rag/src/operations/search.ts'
import {commitAll, git, serveRepositories} from '../support/git-repository.ts'
import {Workspace, type WorkspaceOptions} from '../support/workspace.ts'

/** A repository in `manuals`: `v1`, and then `v2` with a file changed, one gone and one new. */
function manuals(options: WorkspaceOptions = {}) {
  const workspace = new Workspace(options)
  workspace.write('manuals/docs/pump.md', '# Pump\n\nOpen the valve before the pump is started.\n')
  workspace.write('manuals/docs/filter.md', '# Filter\n\nThe filter is changed every spring.\n')
  workspace.write('manuals/docs/old.md', '# Telex\n\nThe telex is in the cellar.\n')
  workspace.write('manuals/README.md', '# Manuals\n\nAll manuals of the waterworks.\n')
  const v1 = commitAll(workspace.path('manuals'), 'v1')
  rmSync(workspace.path('manuals/docs/old.md'))
  workspace.write('manuals/docs/filter.md', '# Filter\n\nThe filter is changed every autumn.\n')
  workspace.write('manuals/docs/new.md', '# Sensor\n\nThe sensor measures the turbidity.\n')
  const v2 = commitAll(workspace.path('manuals'), 'v2')
  return {workspace, v1, v2, file: `git+file://${workspace.path('manuals')}`}
}

const sourcesOf = async (workspace: Workspace): Promise<string[]> =>
  (await workspace.call(list, {})).items.map(({source}) => source)

const remains = (): string[] => readdirSync(tmpdir()).filter(name => name.startsWith('omni-git-'))

describe('a repository at a revision', () => {
  test('is read over HTTP as it was, and cited by commit, path and line', async () => {
    const {workspace, v1, v2} = manuals({env: {OMNI_RAG_ALLOW_PRIVATE_URLS: 'true'}})
    const {base} = await serveRepositories(workspace.directory)
    const before = remains()
    const address = `git+${base}/manuals/.git`
    const first = await workspace.omni(['rag', 'ingest', `${address}@v1#docs`])
    expect(first.code).toBe(0)
    expect(first.stdout).toContain('3 added, 0 changed, 0 unchanged')
    expect(await sourcesOf(workspace)).toEqual(['filter', 'old', 'pump'].map(each => `${address}:docs/${each}.md`))
    const asked = await workspace.omni(['rag', 'query', 'when is the filter changed?'])
    expect(asked.stdout).toContain('every spring')
    expect(asked.stdout).toContain(`git+${base}/manuals/.git@${v1.slice(0, 12)}:docs/filter.md:3`)

    const second = await workspace.json(['rag', 'ingest', `${address}@${v2}#docs`, '--prune'])
    expect(second).toMatchObject({found: 3, added: 1, changed: 1, unchanged: 1, removed: 1})
    const answer = await workspace.json<{citations: Record<string, unknown>[]}>([
      'rag',
      'query',
      'when is the filter changed?',
    ])
    expect(answer.citations[0]).toMatchObject({source: `${address}:docs/filter.md`, commit: v2, line_start: 3})
    // What did not change is still cited as it was first read: at that commit it says the same.
    const {results} = await workspace.call(search, {query: 'start the pump'})
    expect(results[0]).toMatchObject({source: `${address}:docs/pump.md`, commit: v1})
    expect(await workspace.json(['rag', 'ingest', `${address}#docs`])).toMatchObject({unchanged: 3, chunks: 0})
    expect(remains()).toEqual(before)
  })

  test('of this machine is read where it is, also what is not checked out, and links lead nowhere', async () => {
    const {workspace, v1, file} = manuals()
    workspace.write('secret.txt', 'The password is swordfish.')
    symlinkSync(workspace.path('secret.txt'), workspace.path('manuals/docs/link.md'))
    workspace.write('manuals/docs/.hidden.md', '# Hidden\n\nNot for readers.\n')
    workspace.write('manuals/docs/drafts/one.md', '# Draft\n\nNot ready.\n')
    workspace.write('manuals/.omniignore', 'drafts/\n')
    commitAll(workspace.path('manuals'))
    expect(await workspace.ingest([`${file}@v1`])).toMatchObject({added: 4, failures: 0})
    expect(await sourcesOf(workspace)).toContain(`${file}:docs/old.md`)
    expect(await workspace.ingest([`${file}@HEAD~1`], {prune: true})).toMatchObject({added: 1, changed: 1, removed: 1})
    expect(await workspace.ingest([`${file}#docs`])).toMatchObject({unchanged: 3, found: 3, failures: 0})
    expect((await workspace.call(search, {query: 'swordfish'})).results.map(each => each.text).join()).not.toContain(
      'swordfish',
    )
    expect(await workspace.ingest([`${file}@${v1}#docs/old.md`])).toMatchObject({found: 1, added: 1})
  })

  test('keeps every document of a repository that cannot be read any more', async () => {
    const {workspace, file} = manuals()
    await workspace.ingest([`${file}@v1`])
    rmSync(workspace.path('manuals/.git'), {recursive: true})
    const summary = await workspace.ingest([`${file}@v1`], {prune: true})
    expect(summary).toMatchObject({removed: 0, failures: 1})
    expect(summary.failed[0]?.message).toMatch(/not a git repository/)
    expect(await sourcesOf(workspace)).toHaveLength(4)
  })

  test('reads no file above the limit, and says of a pointer to large storage that it is one', async () => {
    const {workspace, file} = manuals({env: {OMNI_RAG_MAX_FILE_MB: '0.01'}})
    workspace.write('manuals/large.txt', 'large '.repeat(3000))
    workspace.write(
      'manuals/film.mp4',
      `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 99999999\n`,
    )
    commitAll(workspace.path('manuals'))
    const {failed} = await workspace.ingest([file])
    expect(failed.map(({source, reason}) => [source, reason])).toEqual([
      [`${file}:film.mp4`, 'unsupported'],
      [`${file}:large.txt`, 'too_large'],
    ])
  })
})

describe('paths with --rev', () => {
  test('are read as they were, and are the same documents as the files', async () => {
    const {workspace, v1} = manuals()
    expect(await workspace.ingest(['manuals/docs'])).toMatchObject({added: 3})
    const summary = await workspace.json(['rag', 'ingest', 'manuals/docs', '--rev', 'v1', '--prune'])
    expect(summary).toMatchObject({found: 3, added: 1, changed: 1, unchanged: 1, removed: 1})
    expect(await sourcesOf(workspace)).toEqual([
      'manuals/docs/filter.md',
      'manuals/docs/old.md',
      'manuals/docs/pump.md',
    ])
    const asked = await workspace.omni(['rag', 'query', 'when is the filter changed?'])
    expect(asked.stdout).toContain(`manuals/docs/filter.md@${v1.slice(0, 12)}:3`)
    // A file that is not there any more, by its name.
    expect(await workspace.ingest(['manuals/docs/old.md'], {revision: 'v1'})).toMatchObject({found: 1, unchanged: 1})
  })

  test('go with nothing that has no revision', async () => {
    const {workspace, file} = manuals()
    for (const argv of [
      [file, '--rev', 'v1'],
      ['https://example.com', '--rev', 'v1'],
      ['manuals', '--rev', 'v1', '--watch'],
    ]) {
      expect(await workspace.json(['rag', 'ingest', ...argv], 2)).toMatchObject({error: {code: 'invalid_input'}})
    }
    workspace.write('plain/a.md', '# A\n')
    const summary = await workspace.json<{failed: {message: string}[]}>(['rag', 'ingest', 'plain', '--rev', 'v1'], 3)
    expect(summary.failed[0]?.message).toContain('not a git repository')
  })
})

describe('what could be made to harm', () => {
  test.for([
    'git+ext::sh -c "touch /tmp/x"',
    'git+ftp://host/x.git',
    'git+https://host/x.git@--upload-pack=touch',
    'git+https://host/x.git@a..b',
    'git+https://host/x.git@refs/heads/*',
    'git+https://host/x.git@a%3Ab',
    'git+https://user:secret@host/x.git',
    'git+https://token@host/x.git',
    'git+ssh://-oProxyCommand=touch/x.git',
    'git+https://host/',
    'git+https://host/x.git@%zz',
  ])('%s is refused, and named without a secret', async input => {
    const workspace = new Workspace()
    const told = await workspace.omni(['rag', 'ingest', input, '--json'])
    expect(told.code).toBe(2)
    expect(JSON.parse(told.stdout)).toMatchObject({error: {code: 'rag_invalid_git_address'}})
    expect(told.stdout).not.toMatch(/secret@|token@/)
  })

  test.for(['--upload-pack=touch', '-x', 'a b', 'HEAD:docs', ':/text', ''])('--rev %j is refused', async revision => {
    const {workspace} = manuals()
    const said = await workspace.json(['rag', 'ingest', 'manuals', `--rev=${revision}`], 2)
    expect(said).toMatchObject({error: {code: 'rag_invalid_git_address'}})
  })

  test('a host of a private network is not connected to', async () => {
    const {workspace} = manuals()
    const {base, requests} = await serveRepositories(workspace.directory)
    const summary = await workspace.ingest([`git+${base}/manuals/.git@v1`])
    expect(summary.failed).toMatchObject([{reason: 'refused_address'}])
    expect(requests).toEqual([])
  })

  test('nothing that a repository configures is run', async () => {
    const {workspace, file} = manuals()
    const trap = workspace.path('trap')
    workspace.write('trap.sh', `#!/bin/sh\ntouch '${trap}'\ncat\n`)
    chmodSync(workspace.path('trap.sh'), 0o755)
    const repository = workspace.path('manuals')
    for (const [name, value] of [
      ['core.fsmonitor', workspace.path('trap.sh')],
      ['core.sshCommand', workspace.path('trap.sh')],
      ['filter.trap.smudge', workspace.path('trap.sh')],
      ['diff.trap.textconv', workspace.path('trap.sh')],
      ['extensions.partialClone', 'origin'],
      ['remote.origin.promisor', 'true'],
      ['remote.origin.url', `ext::${workspace.path('trap.sh')}`],
      ['remote.origin.uploadpack', workspace.path('trap.sh')],
    ] as const) {
      git(repository, 'config', name, value)
    }
    workspace.write('manuals/.gitattributes', '*.md filter=trap diff=trap\n')
    mkdirSync(workspace.path('manuals/.git/hooks'), {recursive: true})
    for (const hook of ['post-checkout', 'reference-transaction', 'post-index-change']) {
      workspace.write(`manuals/.git/hooks/${hook}`, `#!/bin/sh\ntouch '${trap}'\n`)
      chmodSync(workspace.path(`manuals/.git/hooks/${hook}`), 0o755)
    }
    // A blob that is missing would be fetched from the remote, if that were allowed.
    const missing = git(repository, 'rev-parse', 'v1:docs/old.md')
    rmSync(workspace.path(`manuals/.git/objects/${missing.slice(0, 2)}/${missing.slice(2)}`))
    expect(await workspace.ingest([`${file}@v2`])).toMatchObject({added: 4})
    await workspace.ingest([`${file}@v1`]).catch(() => undefined)
    expect(existsSync(trap)).toBe(false)
  })
})

test('a revision that is not there is named, with what to give instead', async () => {
  const {workspace, file} = manuals({env: {OMNI_RAG_ALLOW_PRIVATE_URLS: 'true'}})
  const {base} = await serveRepositories(workspace.directory)
  const summary = await workspace.ingest([`${file}@v9`, `git+${base}/manuals/.git@v9`, `git+${base}/nothing.git`])
  expect(summary.failed.map(({reason}) => reason)).toEqual(['not_found', 'not_found', 'unreadable'])
})

test('without git it says what is missing', async () => {
  const {workspace, file} = manuals({env: {PATH: '/nonexistent'}})
  const said = await workspace.json<{error: {hint: string}}>(['rag', 'ingest', `${file}@v1`], 9)
  expect(said).toMatchObject({error: {code: 'rag_git_missing', hint: expect.stringContaining('git-scm.com')}})
})
