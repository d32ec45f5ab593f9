import {spawnSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {expect, onTestFinished, test} from 'vitest'
import {manualPage, programManual} from './manual.ts'

const root = resolve(import.meta.dirname, '..')

/** What a program for manuals says of a page; undefined, with a notice, where it is not installed. */
function judged(argv: readonly string[], page: string) {
  const directory = mkdtempSync(join(tmpdir(), 'omni-manual-'))
  onTestFinished(() => rmSync(directory, {recursive: true, force: true}))
  const file = join(directory, 'omni.1')
  writeFileSync(file, page)
  const [program = '', ...flags] = argv
  const env = {...process.env, MANWIDTH: '100', LC_ALL: 'C.UTF-8', MAN_KEEP_FORMATTING: ''}
  const {error, status, stdout, stderr} = spawnSync(program, [...flags, file], {encoding: 'utf8', env})
  if (error) {
    process.stderr.write(`skipped: ${program} is not installed, the manual page is not checked with it\n`)
    return undefined
  }
  return {status, stdout, stderr}
}

test('the page in the package names every command and every flag of its own', async () => {
  const page = await programManual(root)
  expect(readFileSync(join(root, 'man', 'omni.1'), 'utf8')).toBe(page)
  const {commands} = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8')) as {
    commands: Record<string, {flags: Record<string, {helpGroup?: string}>}>
  }
  for (const [id, {flags}] of Object.entries(commands)) {
    const from = page.indexOf(`.SS "omni ${id.replaceAll(':', ' ').replaceAll('-', '\\-')}"`)
    expect(from, id).toBeGreaterThan(0)
    const section = page.slice(from, page.indexOf('\n.S', from + 1))
    for (const [name, {helpGroup}] of Object.entries(flags)) {
      if (helpGroup !== 'GLOBAL') expect(section).toContain(`${name.replaceAll('-', '\\-')}\\fR`)
    }
  }
})

test.each([
  ['groff', ['groff', '-man', '-Tutf8', '-ww', '-z']],
  ['mandoc', ['mandoc', '-T', 'lint', '-W', 'warning']],
])('%s has no warning of it', async (_, argv) => {
  const verdict = judged(argv, await programManual(root))
  if (verdict === undefined) return
  // A date would make another page of every day.
  const said = (verdict.stderr + verdict.stdout).split('\n').filter(line => line && !line.includes('missing date'))
  expect(said).toEqual([])
})

test('man shows texts as they are, whatever they hold', () => {
  const page = manualPage({
    program: 'omni',
    version: '1.2.3',
    description: 'Operations',
    settings: [],
    commands: [
      {
        id: 'a:b-c',
        summary: "'Quoted', .dotted and \\backslashed",
        description: '.SH is no heading here\n\n"Ümlaut" — 東京',
        examples: ['omni a b-c "x y" \\', "'single'", '.dot --flag'],
        args: {},
        flags: {up: {name: 'up', type: 'option', helpValue: 'HOW-FAR', summary: "'up' and away"}},
      },
    ],
  })
  const shown = judged(['man', '-l'], page)
  if (shown === undefined) return
  for (const text of [
    "'Quoted', .dotted and \\backslashed.",
    '.SH is no heading here',
    '"Ümlaut" — 東京',
    'omni a b-c "x y" \\',
    "'single'",
    '.dot --flag',
    '--up HOW-FAR',
    "'up' and away",
  ]) {
    expect(shown.stdout).toContain(text)
  }
})
