import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import * as z from 'zod'
import {describe, expect, onTestFinished, test} from 'vitest'
import type {SettingDeclaration} from '../operation/plugin.ts'
import {describeOrigin, displayValue, InvalidSettingError, Settings, UnknownSettingError} from './settings.ts'
import {type SettingsFile, SettingsFileError} from './yaml-file.ts'

const declarations: readonly SettingDeclaration[] = [
  {name: 'rag.depth', description: 'How deep', schema: z.int().min(1), default: 3, env: ['RAG_DEPTH']},
  {name: 'rag.key', description: 'A key', schema: z.string().min(8), secret: true},
  {name: 'rag.watch', description: 'Watch', schema: z.boolean(), default: false},
]

const file = (path: string, values: Record<string, unknown>): SettingsFile => ({
  path,
  values: new Map(Object.entries(values).map(([name, value], index) => [name, {value, line: index + 1}])),
})

describe('precedence', () => {
  const layers = [
    ['flag', {flags: {'rag.depth': 9}}, 9, 'a flag'],
    ['OMNI_ variable', {env: {OMNI_RAG_DEPTH: '8'}}, 8, '$OMNI_RAG_DEPTH'],
    ['further variable', {env: {RAG_DEPTH: '7'}}, 7, '$RAG_DEPTH'],
    ['project file', {project: file('/p/omni.yaml', {'rag.depth': 6})}, 6, '/p/omni.yaml:1'],
    ['profile file', {profile: file('/h/default.yaml', {'rag.depth': 5})}, 5, '/h/default.yaml:1'],
    ['default', {}, 3, 'default'],
  ] as const

  test.each(layers.map((layer, index) => [layer[0], index] as const))('%s wins over all below it', (_name, index) => {
    const below = layers.slice(index).map(([, sources]) => sources as Record<string, Record<string, string>>)
    const env = Object.assign({}, ...below.map(sources => sources.env ?? {})) as Record<string, string>
    const settings = new Settings(declarations, {...Object.assign({}, ...below), env})
    const {value, origin} = settings.effective('rag.depth')
    expect(value).toBe(layers[index]?.[2])
    expect(describeOrigin(origin)).toBe(layers[index]?.[3])
  })

  test('an empty variable sets nothing', () => {
    expect(new Settings(declarations, {env: {OMNI_RAG_DEPTH: ''}}).get('rag.depth')).toBe(3)
  })
})

describe('values', () => {
  test('text of a variable becomes what the schema wants', () => {
    const settings = new Settings(declarations, {env: {OMNI_RAG_WATCH: 'true', OMNI_RAG_DEPTH: '4'}})
    expect([settings.get('rag.watch'), settings.get('rag.depth')]).toEqual([true, 4])
  })

  test('a wrong value names where it comes from, and only when it is asked for', () => {
    const settings = new Settings(declarations, {env: {OMNI_RAG_DEPTH: 'deep'}})
    expect(settings.get('rag.watch')).toBe(false)
    expect(() => settings.get('rag.depth')).toThrow(InvalidSettingError)
    expect(() => settings.get('rag.depth')).toThrow('$OMNI_RAG_DEPTH')
  })

  test('an unknown name is told with those that are near', () => {
    const settings = new Settings(declarations, {env: {}})
    expect(() => settings.get('depth')).toThrow(UnknownSettingError)
    try {
      settings.get('depth')
    } catch (error) {
      expect((error as UnknownSettingError).hint).toContain('rag.depth')
    }
  })

  test('a file that names an unknown setting, or holds a secret, is refused with its line', () => {
    const unknown = file('/p/omni.yaml', {'rag.depth': 1, 'rag.dept': 1})
    expect(() => new Settings(declarations, {env: {}, project: unknown})).toThrow(SettingsFileError)
    expect(() => new Settings(declarations, {env: {}, project: unknown})).toThrow('/p/omni.yaml:2')
    const secret = file('/p/omni.yaml', {'rag.key': 'abcdefghijkl'})
    expect(() => new Settings(declarations, {env: {}, project: secret})).toThrow('/p/omni.yaml:1')
    expect(() => new Settings(declarations, {env: {}, project: secret})).not.toThrow('abcdefghijkl')
  })
})

describe('secrets', () => {
  test('are there for the program and never for a screen', () => {
    const settings = new Settings(declarations, {env: {OMNI_RAG_KEY: 'abcdefghijkl'}})
    expect(settings.get('rag.key')).toBe('abcdefghijkl')
    expect(displayValue(settings.effective('rag.key'))).toBe('(set)')
    expect(displayValue(new Settings(declarations, {env: {}}).effective('rag.key'))).toBeNull()
  })

  test('a wrong one is not in its error', () => {
    const settings = new Settings(declarations, {env: {OMNI_RAG_KEY: 'short'}})
    expect(() => settings.get('rag.key')).toThrow(InvalidSettingError)
    expect(() => settings.get('rag.key')).not.toThrow('short')
  })

  test('come from the file that _FILE names, without its line end', () => {
    const directory = mkdtempSync(join(tmpdir(), 'omni-secret-'))
    onTestFinished(() => rmSync(directory, {recursive: true}))
    writeFileSync(join(directory, 'key'), 'abcdefghijkl\n')
    const settings = new Settings(declarations, {env: {OMNI_RAG_KEY_FILE: join(directory, 'key')}})
    expect(settings.get('rag.key')).toBe('abcdefghijkl')
    const missing = new Settings(declarations, {env: {OMNI_RAG_KEY_FILE: join(directory, 'none')}})
    expect(() => missing.get('rag.key')).toThrow('OMNI_RAG_KEY_FILE')
  })
})
