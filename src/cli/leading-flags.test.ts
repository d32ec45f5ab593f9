import {expect, test} from 'vitest'
import {globalFlags} from './flags.ts'
import {withLeadingFlagsBehind} from './leading-flags.ts'

test.each([
  ['--profile prod rag list', 'rag list --profile prod'],
  ['--profile=prod --json rag search x -k 2', 'rag search x -k 2 --profile=prod --json'],
  ['-q -o csv rag search -- --json', 'rag search -q -o csv -- --json'],
  ['rag list --profile prod', 'rag list --profile prod'],
  ['--help', '--help'],
  ['--profile prod', '--profile prod'],
])('%s', (typed, meant) => expect(withLeadingFlagsBehind(typed.split(' ')).join(' ')).toBe(meant))

test('every global flag may stand first', () => {
  for (const [name, {type, char}] of Object.entries(globalFlags) as [string, {type: string; char?: string}][]) {
    for (const flag of [`--${name}`, ...(char ? [`-${char}`] : [])]) {
      const flags = type === 'boolean' ? [flag] : [flag, 'value']
      expect(withLeadingFlagsBehind([...flags, 'rag', 'list'])).toEqual(['rag', 'list', ...flags])
    }
  }
})
