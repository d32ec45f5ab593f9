import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {beforeEach, describe, expect, onTestFinished, test} from 'vitest'
import {readSettingsFile, SettingsFileError, writeSetting} from './yaml-file.ts'

let directory: string
let path: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'omni-yaml-'))
  path = join(directory, 'omni.yaml')
  onTestFinished(() => rmSync(directory, {recursive: true, force: true}))
})

async function read(content: string) {
  writeFileSync(path, content)
  return readSettingsFile(path)
}

describe('reading', () => {
  test('nested names are dotted and know their line', async () => {
    const file = await read('# ours\ntenant: acme\nllm:\n  backend: ollama\n  model: "a: b"\nrag.depth: 4\n')
    expect([...(file?.values ?? [])]).toEqual([
      ['tenant', {value: 'acme', line: 2}],
      ['llm.backend', {value: 'ollama', line: 4}],
      ['llm.model', {value: 'a: b', line: 5}],
      ['rag.depth', {value: 4, line: 6}],
    ])
  })

  test('no file is undefined, an empty one has no values', async () => {
    expect(await readSettingsFile(path)).toBeUndefined()
    expect((await read('# nothing\n'))?.values.size).toBe(0)
  })

  test.each([
    ['an open bracket', 'a: 1\nb: [\n', /omni\.yaml:\d+:\d+: /],
    ['a tab', 'a: 1\n\tb: 2\n', /omni\.yaml:2:\d+: /],
    ['a name twice', 'a: 1\nb: 2\na: 3\n', /omni\.yaml:3:\d+: /],
    ['a list', '- a\n- b\n', /expected "name: value"/],
    ['plain text', 'hello\n', /expected "name: value"/],
  ])('%s is an error with its place', async (_name, content, expected) => {
    await expect(read(content)).rejects.toThrow(SettingsFileError)
    await expect(read(content)).rejects.toThrow(expected)
  })

  test('a bomb of aliases is refused, not expanded', async () => {
    const levels = Array.from({length: 12}, (_, index) => `a${index}: &a${index} [${`*a${index - 1}, `.repeat(9)}1]`)
    levels[0] = 'a0: &a0 [1]'
    await expect(read(`${levels.join('\n')}\n`)).rejects.toThrow(SettingsFileError)
  })

  test('a file that is too large is refused', async () => {
    await expect(read(`# ${'x'.repeat(1_000_001)}\n`)).rejects.toThrow('1 MB')
  })
})

describe('writing', () => {
  test('keeps comments and order, and is for the owner alone', async () => {
    writeFileSync(path, '# ours\nllm:\n  backend: none # for now\ntenant: acme\n')
    await writeSetting(path, 'llm.backend', 'ollama')
    await writeSetting(path, 'rag.depth', 4)
    expect(readFileSync(path, 'utf8')).toBe(
      '# ours\nllm:\n  backend: ollama # for now\ntenant: acme\nrag:\n  depth: 4\n',
    )
    expect(statSync(path).mode & 0o077).toBe(0)
    expect(readdirSync(directory)).toEqual(['omni.yaml'])
  })

  test('changes a name that is written with dots where it stands, and removes it', async () => {
    writeFileSync(path, 'llm.backend: none\n')
    await writeSetting(path, 'llm.backend', 'ollama')
    expect((await readSettingsFile(path))?.values.get('llm.backend')?.value).toBe('ollama')
    expect((await readSettingsFile(path))?.values.size).toBe(1)
    await writeSetting(path, 'llm.backend', undefined)
    expect((await readSettingsFile(path))?.values.size).toBe(0)
  })

  test('a broken file is left as it is', async () => {
    writeFileSync(path, 'a: [\n')
    await expect(writeSetting(path, 'b', 1)).rejects.toThrow(SettingsFileError)
    expect(readFileSync(path, 'utf8')).toBe('a: [\n')
  })
})
