import {rmSync} from 'node:fs'
import {expect, onTestFinished, test} from 'vitest'
import {list} from '../../plugins/rag/src/operations/list.ts'
import {search} from '../../plugins/rag/src/operations/search.ts'
import {Workspace} from '../support/workspace.ts'

/** Starts a watch and waits for what it prints. */
function watching(workspace: Workspace, argv: readonly string[]) {
  const {child, finished} = workspace.start(argv)
  onTestFinished(() => void child.kill('SIGKILL'))
  let shown = ''
  let wake = () => {}
  child.once('close', () => wake())
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', (piece: string) => {
      shown += piece
      wake()
    })
  }
  const until = async (pattern: RegExp): Promise<void> => {
    for (let match = pattern.exec(shown); ; match = pattern.exec(shown)) {
      if (match) {
        shown = shown.slice(match.index + match[0].length)
        return
      }
      if (child.exitCode !== null) throw new Error(`The watch ended without ${pattern}; it showed ${shown}`)
      await new Promise<void>(settle => {
        wake = settle
      })
    }
  }
  return {child, finished, until}
}

test('a watch ingests what is added and changed, removes what is deleted, and ends by Ctrl-C with 130', async () => {
  const workspace = new Workspace()
  workspace.write('docs/notice.md', '# Notice\n\nThe notice period is three months.\n')
  workspace.write('docs/vacation.md', '# Vacation\n\nEvery employee has 25 days of vacation.\n')
  const watch = watching(workspace, ['rag', 'ingest', 'docs', '--watch', '--prune'])
  await watch.until(/2 added, 0 changed, 0 unchanged/)
  await watch.until(/Watching for changes/)
  workspace.write('docs/sub/remote.md', '# Remote work\n\nTwo days a week from home.\n')
  await watch.until(/1 added, 0 changed, 0 unchanged/)
  workspace.write('docs/notice.md', '# Notice\n\nThe notice period is six months.\n')
  await watch.until(/0 added, 1 changed, 0 unchanged/)
  rmSync(workspace.path('docs/vacation.md'))
  await watch.until(/0 added, 0 changed, 0 unchanged, 1 removed/)
  watch.child.kill('SIGINT')
  expect((await watch.finished).code).toBe(130)
  const {items} = await workspace.call(list, {})
  expect(items.map(item => item.source)).toEqual(['docs/notice.md', 'docs/sub/remote.md'])
  const {results} = await workspace.call(search, {query: 'notice period'})
  expect(results[0]?.text).toContain('six months')
})

test('a watch outside the working directory, of a glob, and after a change of the rules', async () => {
  const workspace = new Workspace()
  const elsewhere = new Workspace()
  elsewhere.write('docs/one.md', '# One\n\nThe first document is about pumps.\n')
  elsewhere.write('docs/two.md', '# Two\n\nThe second document is about valves.\n')
  const watch = watching(workspace, ['rag', 'ingest', elsewhere.path('docs/*.md'), '--watch', '--prune'])
  await watch.until(/2 added/)
  await watch.until(/Watching for changes/)
  elsewhere.write('docs/three.md', '# Three\n\nThe third document is about filters.\n')
  await watch.until(/1 added, 0 changed, 0 unchanged/)
  elsewhere.write('docs/.omniignore', 'two.md\n')
  await watch.until(/0 added, 0 changed, 2 unchanged, 1 removed/)
  watch.child.kill('SIGINT')
  expect((await watch.finished).code).toBe(130)
  const {items} = await workspace.call(list, {})
  expect(items.map(item => item.source)).toEqual([elsewhere.path('docs/one.md'), elsewhere.path('docs/three.md')])
})
