import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import type {PJSON} from '@oclif/core/interfaces'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {programPart} from './program-part.ts'

const root = mkdtempSync(join(tmpdir(), 'omni-single-'))
const pjson = {name: 'program', version: '1.0.0', oclif: {}} as PJSON

beforeAll(() => {
  for (const id of ['rag:eval', 'rag:eval:generate', 'help', 'doctor', 'outside']) {
    const path =
      id === 'outside' ? join(root, 'outside.json') : join(root, 'dist', 'commands', ...id.split(':')) + '.json'
    mkdirSync(dirname(path), {recursive: true})
    writeFileSync(path, JSON.stringify({id, relativePath: ['dist', 'commands', `${id}.js`]}))
  }
})
afterAll(() => rmSync(root, {recursive: true}))

function found(line: string): string | undefined {
  const [plugin] = programPart(line.split(' '), root, pjson)?.values() ?? []
  return plugin?.commandIDs[0]
}

describe('programPart', () => {
  it('finds the command with the longest name', () => {
    expect(found('rag eval generate ./docs --json')).toBe('rag:eval:generate')
    expect(found('rag eval questions.jsonl')).toBe('rag:eval')
    expect(found('rag eval --json generate')).toBe('rag:eval')
    expect(found('doctor')).toBe('doctor')
  })

  it('finds the command that help is asked about', () => {
    expect(found('rag eval --help')).toBe('rag:eval')
    expect(found('doctor -h')).toBe('doctor')
  })

  it('leaves topics, unknown words and whatever looks at other commands to the whole program', () => {
    for (const line of [
      'rag',
      'docter',
      'rag eval --help generate',
      '--help rag',
      'help rag',
      'help --help',
      '--json',
      '',
    ]) {
      expect(found(line), line).toBeUndefined()
    }
  })

  it('reads no file elsewhere', () => {
    for (const line of ['../../outside', '../commands/doctor', 'rag/eval', 'Doctor'])
      expect(found(line), line).toBeUndefined()
  })
})
