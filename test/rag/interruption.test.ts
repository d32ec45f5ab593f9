import {type FSWatcher, mkdirSync, rmSync, watch} from 'node:fs'

import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {status} from '../../plugins/rag/src/operations/status.ts'
import {complaints, type IndexState, indexState} from '../support/index-state.ts'
import {seededRandom, writeMarkdownFiles} from '../support/markdown-files.ts'
import {Workspace, type WorkspaceOptions} from '../support/workspace.ts'

/** Three batches: one is read while another is analysed and a third is written. */
const files = {count: 200, bytes: 150, seed: 7}
const kills = 20
const queries = [
  'who reconciles the insurance claim',
  'Skladišče potrdi dobavnico',
  'refund request within two working days',
  'nadomestni ventil po pisnem opominu',
  'pressure log Kestrel',
  'limit',
  'night shift archives the delivery note by telephone',
  'Revizorka pregleda dnevnik tlaka',
  'Soča',
  'billing service schedules a spare valve before the end of the month',
]

function workspaceWithFiles(options: WorkspaceOptions = {}): Workspace {
  const workspace = new Workspace(options)
  writeMarkdownFiles({directory: workspace.path('files'), ...files})
  return workspace
}

/**
 * Kills a process at the n-th change in its data directory, so that the point is somewhere in the work and not
 * somewhere in time. Returns how many changes were seen, and whether the process was killed.
 */
async function killAtChange(workspace: Workspace, argv: readonly string[], change: number) {
  mkdirSync(workspace.data, {recursive: true})
  let seen = 0
  const started = workspace.start(argv)
  const watcher: FSWatcher = watch(workspace.data, {recursive: true}, () => {
    seen++
    if (seen === change) started.child.kill('SIGKILL')
  })
  const {code} = await started.finished
  watcher.close()
  return {seen, killed: code === null}
}

describe('kill -9 in the middle of an ingest', () => {
  let undisturbed: IndexState
  let changes = 0

  beforeAll(async () => {
    const workspace = workspaceWithFiles({atEnd: afterAll})
    const {seen, killed} = await killAtChange(workspace, ['rag', 'ingest', 'files'], Infinity)
    expect(killed).toBe(false)
    changes = seen
    undisturbed = await workspace.within(context => indexState(context, queries))
  })

  test('the undisturbed run is worth comparing with', () => {
    expect(undisturbed.documents).toHaveLength(files.count)
    expect(undisturbed.passages.length).toBeGreaterThanOrEqual(files.count)
    expect(undisturbed.hits.every(hits => (hits as unknown[]).length === 5)).toBe(true)
    expect(changes).toBeGreaterThan(kills)
  })

  const random = seededRandom(20_261_122)
  for (let kill = 1; kill <= kills; kill++) {
    const share = (kill - random()) / kills
    test(`killed after ${(share * 100).toFixed(0)} % of its writes, the next run gives the same index`, async () => {
      const workspace = workspaceWithFiles()
      await killAtChange(workspace, ['rag', 'ingest', 'files'], Math.max(1, Math.round(share * changes)))
      expect(await workspace.ingest(['files'])).toMatchObject({found: files.count, failures: 0})
      await workspace.within(async context => {
        expect(await indexState(context, queries)).toEqual(undisturbed)
        expect(await complaints(context)).toEqual([])
      })
    })
  }
})

describe('kill -9 in the middle of a removal', () => {
  const count = 40
  let filled: Workspace
  let before: IndexState
  let changes = 0

  beforeAll(async () => {
    filled = new Workspace({atEnd: afterAll})
    writeMarkdownFiles({directory: filled.path('files'), count, bytes: 400})
    await filled.ingest(['files'])
    before = await filled.within(context => indexState(context, queries))
    const undisturbed = new Workspace({atEnd: afterAll, copyOf: filled})
    const {seen} = await killAtChange(undisturbed, ['rag', 'remove', '--all', '--yes'], Infinity)
    changes = seen
  })

  test.for([0.1, 0.3, 0.5, 0.7, 0.9])('of everything, %d of the way: it can be ingested again', async share => {
    const workspace = new Workspace({copyOf: filled})
    await killAtChange(workspace, ['rag', 'remove', '--all', '--yes'], Math.max(1, Math.round(share * changes)))
    expect(await workspace.ingest(['files'])).toMatchObject({found: count, failures: 0})
    await workspace.within(async context => {
      expect(await indexState(context, queries)).toEqual(before)
      expect(await complaints(context)).toEqual([])
    })
  })
})

describe('two ingests at once', () => {
  test('of the same files: both end well, and nothing is there twice', async () => {
    const workspace = new Workspace()
    writeMarkdownFiles({directory: workspace.path('files'), count: 120, bytes: 150})
    const alone = new Workspace()
    writeMarkdownFiles({directory: alone.path('files'), count: 120, bytes: 150})
    await alone.ingest(['files'])
    const finished = await Promise.all([
      workspace.omni(['rag', 'ingest', 'files']),
      workspace.omni(['rag', 'ingest', 'files']),
    ])
    expect(finished.map(({code}) => code)).toEqual([0, 0])
    const expected = await alone.within(context => indexState(context, queries))
    await workspace.within(async context => {
      expect(await indexState(context, queries)).toEqual(expected)
      expect(await complaints(context)).toEqual([])
    })
  })

  test('of different files into one collection: the same as one after the other', async () => {
    const fill = (workspace: Workspace) => {
      writeMarkdownFiles({directory: workspace.path('one'), count: 60, bytes: 150, seed: 1})
      writeMarkdownFiles({directory: workspace.path('two'), count: 60, bytes: 150, seed: 2})
      return workspace
    }
    const workspace = fill(new Workspace())
    const alone = fill(new Workspace())
    await alone.ingest(['one', 'two'])
    const finished = await Promise.all([
      workspace.omni(['rag', 'ingest', 'one']),
      workspace.omni(['rag', 'ingest', 'two']),
    ])
    expect(finished.map(({code}) => code)).toEqual([0, 0])
    const expected = await alone.within(context => indexState(context, queries))
    await workspace.within(async context => {
      expect(await indexState(context, queries)).toEqual(expected)
      expect(await complaints(context)).toEqual([])
    })
  })

  test('with prune: what one has removed does not trouble the other', async () => {
    const workspace = new Workspace()
    writeMarkdownFiles({directory: workspace.path('files'), count: 60, bytes: 150})
    workspace.write('docs/kept.md', '# Kept\n\nThis one stays.\n')
    await workspace.ingest(['files', 'docs'])
    rmSync(workspace.path('files'), {recursive: true})
    mkdirSync(workspace.path('files'))
    const argv = ['rag', 'ingest', 'files', 'docs', '--prune']
    const finished = await Promise.all([workspace.omni(argv), workspace.omni(argv)])
    expect(finished).toMatchObject([{code: 0}, {code: 0}])
    expect(await workspace.call(status, {})).toMatchObject({documents: 1})
  })

  test('into two tenants: each has its own', async () => {
    const workspace = new Workspace()
    writeMarkdownFiles({directory: workspace.path('one'), count: 50, bytes: 150, seed: 1})
    writeMarkdownFiles({directory: workspace.path('two'), count: 25, bytes: 150, seed: 2})
    const finished = await Promise.all([
      workspace.omni(['rag', 'ingest', 'one', '--tenant', 'first']),
      workspace.omni(['rag', 'ingest', 'two', '--tenant', 'second']),
    ])
    expect(finished.map(({code}) => code)).toEqual([0, 0])
    expect(await workspace.call(status, {}, 'first')).toMatchObject({documents: 50, pending: 0})
    expect(await workspace.call(status, {}, 'second')).toMatchObject({documents: 25, pending: 0})
  })
})
