import {expect, test} from 'vitest'
import {inTerminal} from '../cli/terminal.ts'
import {program} from '../cli/program.ts'
import {complaints, indexState} from '../support/index-state.ts'
import {writeMarkdownFiles} from '../support/markdown-files.ts'
import {Workspace} from '../support/workspace.ts'

const files = {count: 700, bytes: 600}
const queries = ['who reconciles the insurance claim', 'nadomestni ventil']

function ingestInTerminal(workspace: Workspace) {
  const argv = [program, 'rag', 'ingest', 'files']
  return inTerminal(process.execPath, argv, {home: workspace.home, cwd: workspace.directory, columns: 100})
}

test('a bar shows how far an ingest is; Ctrl-C ends it, and the next run goes on', async () => {
  const workspace = new Workspace()
  writeMarkdownFiles({directory: workspace.path('files'), ...files})
  const terminal = ingestInTerminal(workspace)
  await terminal.until(/Ingesting.*[█░]{24}.*\d+\/700 files/)
  terminal.type('\u0003')
  expect(await terminal.ended).toMatchObject({code: 130})
  // Whatever hid the cursor (DECTCEM, `CSI ? 25 l`) has shown it again.
  expect(terminal.raw().lastIndexOf('\u001B[?25h')).toBeGreaterThan(terminal.raw().lastIndexOf('\u001B[?25l'))
  expect(terminal.raw()).not.toContain('Ingested into')

  const second = ingestInTerminal(workspace)
  const summary = await second.until(/Ingested into "default": \d+ added, \d+ changed, \d+ unchanged/)
  expect(await second.ended).toMatchObject({code: 0})
  const numbers = summary.match(/\d+/g)!.map(Number)
  expect(numbers.reduce((sum, number) => sum + number, 0)).toBe(files.count)

  const undisturbed = new Workspace()
  writeMarkdownFiles({directory: undisturbed.path('files'), ...files})
  await undisturbed.ingest(['files'])
  const expected = await undisturbed.within(context => indexState(context, queries))
  await workspace.within(async context => {
    expect(await indexState(context, queries)).toEqual(expected)
    expect(await complaints(context)).toEqual([])
  })
})
