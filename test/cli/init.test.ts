import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {omni, program, temporaryHome} from './program.ts'
import {inTerminal} from './terminal.ts'

const notice = '# Lease\n\nThe notice period is three months to the end of a quarter.\n'

/** A home with a folder of documents in it. */
function homeWithDocuments(): string {
  const home = temporaryHome()
  mkdirSync(join(home, 'docs'))
  writeFileSync(join(home, 'docs', 'lease.md'), notice)
  return home
}

const profileIn = (home: string) => join(home, '.config/omni/profiles/default.yaml')

test('sets everything up from flags, and tells the command line that does it again', async () => {
  const home = homeWithDocuments()
  const flags = ['--documents', './docs', '--question', 'How long is the notice period?', '--llm', 'none']
  const first = await omni(['init', '--json', '--completion', 'fish', ...flags], {home, cwd: home})
  expect(first.code).toBe(0)
  const {replay, files, steps} = JSON.parse(first.stdout) as {
    replay: string
    files: string[]
    steps: {result: {answer?: string}}[]
  }
  expect(files).toEqual([join(home, '.config/fish/completions/omni.fish')])
  expect(readFileSync(files[0]!, 'utf8')).toContain('complete')
  expect(readFileSync(profileIn(home), 'utf8')).toBe('llm:\n  backend: none\n')
  expect(steps[1]?.result.answer).toContain('three months')
  expect(replay).toContain("--question 'How long is the notice period?'")
  const again = await omni(['init', ...flags, '--completion', 'fish'], {home, cwd: home})
  expect(again.stdout).toContain('0 added, 0 changed, 1 unchanged')
  expect(again.stdout).toContain(replay)
})

test('without flags and without a person nothing is changed', async () => {
  const home = homeWithDocuments()
  const {code, stdout} = await omni(['init'], {home, cwd: home})
  expect(code).toBe(0)
  expect(stdout).toContain('Profile default')
  expect(existsSync(profileIn(home))).toBe(false)
})

test('a dry run writes nothing', async () => {
  const home = homeWithDocuments()
  const {code} = await omni(['init', '--dry-run', '--llm', 'ollama', '--completion', 'zsh'], {home, cwd: home})
  expect(code).toBe(0)
  expect(existsSync(profileIn(home))).toBe(false)
  expect(existsSync(join(home, '.zshrc'))).toBe(false)
})

test('the line in .zshrc is written once', async () => {
  const home = temporaryHome()
  writeFileSync(join(home, '.zshrc'), 'alias ll="ls -l"')
  for (let run = 0; run < 2; run++) await omni(['init', '--completion', 'zsh'], {home})
  expect(readFileSync(join(home, '.zshrc'), 'utf8')).toBe(
    `alias ll="ls -l"\nsource ${home}/.config/omni/completion.zsh\n`,
  )
})

test('a deployment that can not be reached leaves no profile behind', async () => {
  const home = temporaryHome()
  const {code, stdout} = await omni(['init', '--url', 'http://127.0.0.1:1', '--key-stdin', '--json'], {
    home,
    input: 'omni_key',
  })
  expect(code).toBe(9)
  expect(JSON.parse(stdout)).toMatchObject({error: {code: 'deployment_unreachable'}})
  expect((await omni(['profile', 'list', '-o', 'csv'], {home})).stdout).toBe(
    'name,current,url,tenant,key\r\ndefault,true,,,none\r\n',
  )
})

test('asks a person, takes Enter for the suggestion, and answers the first question', async () => {
  const home = homeWithDocuments()
  const terminal = inTerminal(process.execPath, [program, 'init'], {
    home,
    cwd: home,
    env: {SHELL: '/bin/bash', OLLAMA_HOST: '127.0.0.1:1'},
  })
  await terminal.until(/Where does your data live\?/)
  terminal.type('\r')
  await terminal.until(/Complete commands in bash\?/)
  terminal.type('n\r')
  await terminal.until(/Who writes answers\?/)
  terminal.type('\r')
  await terminal.until(/Directory for it/)
  terminal.type('\r')
  await terminal.until(/Documents to answer from/)
  terminal.type('\r')
  await terminal.until(/1 added/)
  await terminal.until(/A first question/)
  terminal.type('How long is the notice period?\r')
  await terminal.until(/three months[\s\S]*lease\.md:3/)
  await terminal.until(/omni init --no-input/)
  expect((await terminal.ended).code).toBe(0)
})

test('Ctrl-C at a question leaves everything as it was', async () => {
  const home = homeWithDocuments()
  const terminal = inTerminal(process.execPath, [program, 'init'], {home, cwd: home})
  await terminal.until(/Where does your data live\?/)
  terminal.type('\u0003')
  expect((await terminal.ended).code).toBe(130)
  expect(existsSync(profileIn(home))).toBe(false)
})
