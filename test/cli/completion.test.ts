import {execFileSync, spawnSync} from 'node:child_process'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {environment, omni, temporaryHome} from './program.ts'
import {inTerminal} from './terminal.ts'

function present(shell: string): boolean {
  const found = spawnSync(shell, ['-c', 'exit 0']).status === 0
  if (!found) process.stderr.write(`skipped: ${shell} is not installed, its completion is not tested\n`)
  return found
}

async function scriptFor(shell: string): Promise<{home: string; script: string}> {
  const home = temporaryHome()
  const {code, stdout} = await omni(['completion', shell], {home})
  expect(code).toBe(0)
  const script = join(home, `omni.${shell}`)
  writeFileSync(script, stdout)
  mkdirSync(join(home, 'documents'))
  writeFileSync(join(home, 'domain.md'), '')
  return {home, script}
}

describe.skipIf(!present('bash'))('bash', () => {
  /** What Tab offers after these words; bash itself splits `--output=js` into three. */
  const complete = async (...words: string[]): Promise<string[]> => {
    const {home, script} = await scriptFor('bash')
    const run = `source ${script}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _omni; printf '%s\\n' "\${COMPREPLY[@]}"`
    const options = {cwd: home, env: environment(home), encoding: 'utf8'} as const
    const shown = execFileSync('bash', ['--norc', '-c', run, 'bash', 'omni', ...words], options)
    return shown.split('\n').filter(line => line !== '')
  }

  test('topics and commands', async () => {
    expect(await complete('conf')).toEqual(['config'])
    expect(await complete('config', '')).toEqual(['get', 'list', 'set', 'unset'])
  })

  test('flags of the command that was typed, and of no other', async () => {
    expect(await complete('config', 'list', '--show')).toEqual(['--show-origin'])
    expect(await complete('config', 'get', '--show')).toEqual([])
  })

  test('fixed values after a flag, with a blank or with =', async () => {
    expect(await complete('config', 'list', '--output', 't')).toEqual(['table', 'tsv'])
    expect(await complete('config', 'list', '-o', 'js')).toEqual(['json'])
    expect(await complete('config', 'list', '--output', '=', 'y')).toEqual(['yaml'])
    expect(await complete('config', 'list', '--output', '=')).toContain('ndjson')
  })

  test('fixed values of an argument, also after flags with values', async () => {
    expect(await complete('ci', 'init', 'git')).toEqual(['github', 'gitlab'])
    expect((await complete('ci', 'init', 'github', '--documents', 'do')).toSorted()).toEqual(['documents', 'domain.md'])
    expect(await complete('completion', 'f')).toEqual(['fish'])
    expect(await complete('completion', '--tenant', 'acme', '--output', '=', 'json', 'z')).toEqual(['zsh'])
  })

  test('nothing for a value that cannot be known', async () => {
    expect(await complete('config', 'list', '--tenant', '')).toEqual([])
    expect(await complete('config', 'get', '')).toEqual([])
  })

  test('files and directories where a path is expected', async () => {
    expect((await complete('rag', 'ingest', 'do')).toSorted()).toEqual(['documents', 'domain.md'])
    expect((await complete('rag', 'ingest', 'documents', 'dom')).toSorted()).toEqual(['domain.md'])
  })
})

describe.skipIf(!present('fish'))('fish', () => {
  const complete = async (line: string): Promise<string[]> => {
    const {home, script} = await scriptFor('fish')
    const shown = execFileSync('fish', ['--no-config', '-c', `source ${script}; complete -C '${line}'`], {
      cwd: home,
      env: environment(home),
      encoding: 'utf8',
    })
    return shown.split('\n').flatMap(each => (each === '' ? [] : [each.split('\t')[0] ?? '']))
  }

  test('topics, commands, flags and values', async () => {
    expect(await complete('omni conf')).toEqual(['config'])
    expect((await complete('omni config ')).toSorted()).toEqual(['get', 'list', 'set', 'unset'])
    expect(await complete('omni config list --show')).toEqual(['--show-origin'])
    expect(await complete('omni config get --show')).toEqual([])
    expect((await complete('omni config list --output t')).toSorted()).toEqual(['table', 'tsv'])
    expect(await complete('omni completion z')).toEqual(['zsh'])
  })

  test('files where a path is expected, and not elsewhere', async () => {
    expect((await complete('omni rag ingest do')).toSorted()).toEqual(['documents/', 'domain.md'])
    expect(await complete('omni config get do')).toEqual([])
  })
})

describe.skipIf(!present('zsh'))('zsh', () => {
  test('commands, flags, values and files in a real terminal', async () => {
    const {home, script} = await scriptFor('zsh')
    const zsh = inTerminal('zsh', ['-f', '-i'], {home, columns: 200, env: {TERM: 'dumb'}})
    zsh.type(`PS1='ready> '; setopt nobeep; autoload -Uz compinit && compinit -u -D && source ${script}\r`)
    await zsh.until(/source [^]*\nready> /)
    const completed = async (typed: string, expected: RegExp) => {
      zsh.type(`${typed}\t`)
      await zsh.until(expected)
      // Ordinary keys, which wait their turn: an interrupt while zsh completes is lost.
      zsh.type('\u0015\r')
      await zsh.until(/ready> /)
    }
    await completed('omni conf', /omni config/)
    await completed('omni config uns', /config unset/)
    await completed('omni config list --show', /--show-origin/)
    await completed('omni config list --output nd', /--output ndjson/)
    await completed('omni completion f', /completion fish/)
    await completed('omni rag ingest dom', /ingest domain\.md/)
    // Last, because zsh shows the prompt again below a list.
    await completed('omni config list -o ', /csv[^]*json[^]*ndjson[^]*table[^]*tsv[^]*yaml/)
  })
})
