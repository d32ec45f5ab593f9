import {readFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {Config, Help} from '@oclif/core'
import type {PJSON} from '@oclif/core/interfaces'
import {describe, expect, it} from 'vitest'
import {programPart} from '../../src/cli/program-part.ts'

const root = resolve(import.meta.dirname, '../..')
const pjson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PJSON

class ToldHelp extends Help {
  readonly told: string[] = []
  protected override log(...lines: string[]): void {
    this.told.push(...lines)
  }
}

async function helpOf(words: readonly string[], plugins?: ReturnType<typeof programPart>): Promise<string> {
  const config = await Config.load({root, pjson, userPlugins: false, devPlugins: false, ...(plugins && {plugins})})
  const help = new ToldHelp(config, {...pjson.oclif.helpOptions, stripAnsi: true})
  await help.showHelp([...words])
  return help.told.join('\n')
}

describe('help from a part of the program', async () => {
  const whole = await Config.load({root, pjson, userPlugins: false, devPlugins: false})
  const subjects = [...new Set(['', ...whole.topics.map(({name}) => name), ...whole.commandIDs])]
    .filter(subject => subject !== 'help')
    .toSorted()

  it('tells of the program, of every topic and of every command what the whole program tells', async () => {
    expect(subjects.length).toBeGreaterThan(100)
    for (const subject of subjects) {
      const words = subject.split(':').filter(Boolean)
      const part = programPart([...words, '--help'], root, pjson)
      expect(part, subject).toBeDefined()
      expect(await helpOf(words, part), subject).toBe(await helpOf(words))
    }
  })

  it('explains every command with an example and its flags', async () => {
    for (const id of whole.commandIDs.filter(each => each !== 'help')) {
      const words = id.split(':')
      const told = await helpOf(words, programPart([...words, '--help'], root, pjson))
      expect(told, id).toMatch(/EXAMPLES?\n\s+.*omni /)
      expect(told, id).toContain('GLOBAL FLAGS')
    }
  })
})
