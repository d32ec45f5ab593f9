import {execFileSync} from 'node:child_process'
import {chmodSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest'
import {complaints, type IndexState, indexState} from '../support/index-state.ts'
import {writeMarkdownFiles} from '../support/markdown-files.ts'
import {accountWithoutRights, permissionsUntestable} from '../../src/testing/account.ts'
import {Workspace} from '../support/workspace.ts'

const queries = ['who reconciles the insurance claim', 'vacation days']

/** Why there can be no small disk; undefined where there can. */
function missingMount(): string | undefined {
  if (process.platform !== 'linux') return 'only Linux mounts a tmpfs'
  const directory = mkdtempSync(join(tmpdir(), 'omni-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', directory], {stdio: 'ignore'})
    execFileSync('umount', [directory], {stdio: 'ignore'})
    return undefined
  } catch {
    return 'mounting needs root'
  } finally {
    rmSync(directory, {recursive: true})
  }
}

const missing = missingMount()
if (missing) process.stderr.write(`skipped: ingesting onto a full disk (${missing})\n`)

/** A disk of so many megabytes, unmounted with the test. */
function smallDisk(megabytes: number): string {
  const directory = mkdtempSync(join(tmpdir(), 'omni-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'none', directory])
  onTestFinished(() => {
    execFileSync('umount', ['-l', directory])
    rmSync(directory, {recursive: true})
  })
  return directory
}

/** Fills a disk but for so many kilobytes. Returns what frees it again. */
function fill(disk: string, left: number): () => void {
  const filler = join(disk, 'filler')
  const {bavail, bsize} = statfsSync(disk)
  writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - left * 1024)))
  return () => rmSync(filler)
}

function writeFiles(workspace: Workspace): void {
  workspace.write('docs/vacation.md', '# Vacation\n\nEvery employee has 25 days of vacation a year.\n')
  writeMarkdownFiles({directory: workspace.path('files'), count: 60, bytes: 3000})
}

describe.skipIf(missing !== undefined)('a full disk', () => {
  let expected: IndexState

  beforeAll(async () => {
    const roomy = new Workspace({atEnd: afterAll})
    writeFiles(roomy)
    await roomy.ingest(['docs', 'files'])
    expected = await roomy.within(context => indexState(context, queries))
  })

  test.for([0, 60, 600])('with %d kB left: says so, loses nothing, and goes on when there is space', async left => {
    const disk = smallDisk(16)
    const workspace = new Workspace({dataDirectory: join(disk, 'data')})
    writeFiles(workspace)
    await workspace.ingest(['docs'])
    const before = await workspace.within(context => indexState(context, queries))
    const free = fill(disk, left)
    const argv = ['rag', 'ingest', 'docs', 'files']
    const failed = await workspace.omni(argv)
    expect(failed.stderr).toMatch(/space|full/i)
    expect(failed.stderr).toContain('Try: ')
    expect(failed).toMatchObject({code: 1, stdout: ''})
    free()
    const kept = await workspace.within(context => indexState(context, queries))
    expect(kept.documents).toEqual(expect.arrayContaining([...before.documents]))
    expect(kept.passages).toEqual(expect.arrayContaining([...before.passages]))
    expect(await workspace.omni(argv)).toMatchObject({code: 0})
    await workspace.within(async context => {
      expect(await indexState(context, queries)).toEqual(expected)
      expect(await complaints(context)).toEqual([])
    })
  })

  test('from the first byte on: says so, and exits 1', async () => {
    const disk = smallDisk(1)
    const workspace = new Workspace({dataDirectory: join(disk, 'data')})
    workspace.write('docs/vacation.md', '# Vacation\n\nEvery employee has 25 days of vacation a year.\n')
    const free = fill(disk, 0)
    const failed = await workspace.omni(['rag', 'ingest', 'docs'])
    expect(failed.stderr).toMatch(/space|full/i)
    expect(failed).toMatchObject({code: 1})
    free()
    expect(failed.stderr).not.toContain('omni has a bug')
  })
})

describe.skipIf(permissionsUntestable !== undefined)('a data directory that cannot be written', () => {
  test('is told, and nothing is lost', async () => {
    const account = accountWithoutRights
    const workspace = new Workspace(account ? {account} : {})
    workspace.write('docs/vacation.md', '# Vacation\n\nEvery employee has 25 days of vacation a year.\n')
    await workspace.json(['rag', 'ingest', 'docs'])
    workspace.write('docs/more.md', '# More\n\nAnd one more thing about parking.\n')
    execFileSync('chmod', ['-R', 'a-w', workspace.data])
    try {
      const failed = await workspace.omni(['rag', 'ingest', 'docs'])
      expect(failed.stderr).not.toContain('omni has a bug')
      expect(failed.stderr).toMatch(/read-only|permission|written/i)
      expect(failed).toMatchObject({code: 1})
    } finally {
      execFileSync('chmod', ['-R', 'u+w', workspace.data])
    }
    expect(await workspace.json(['rag', 'ingest', 'docs'])).toMatchObject({added: 1, unchanged: 1})
    expect(await workspace.json(['rag', 'search', 'vacation'])).toMatchObject({count: expect.any(Number)})
  })

  test('is told where it cannot even be made', async () => {
    const account = accountWithoutRights
    const workspace = new Workspace(account ? {account} : {})
    workspace.write('docs/vacation.md', '# Vacation\n\nEvery employee has 25 days of vacation a year.\n')
    mkdirSync(workspace.path('.home/.local'))
    chmodSync(workspace.path('.home/.local'), 0o555)
    const failed = await workspace.omni(['rag', 'ingest', 'docs'])
    expect(failed.stderr).not.toContain('omni has a bug')
    expect(failed).toMatchObject({code: 1})
  })
})
