import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import type * as Interfaces from '@oclif/core/interfaces'
import {InvalidInputError} from '../operation/errors.ts'
import type {Field} from './fields.ts'

export const outputFormats = ['table', 'json', 'ndjson', 'yaml', 'csv', 'tsv'] as const
export type OutputFormat = (typeof outputFormats)[number]

/** The flags of every command. */
export const globalFlags = {
  json: Flags.boolean({description: 'Print the result as one JSON document', helpGroup: 'GLOBAL'}),
  output: Flags.option({
    char: 'o',
    options: outputFormats,
    description: 'Print the result in this form',
    helpGroup: 'GLOBAL',
  })(),
  tenant: Flags.string({
    description: 'Work in this tenant; nothing of another is visible',
    helpValue: 'NAME',
    helpGroup: 'GLOBAL',
  }),
  profile: Flags.string({
    description: 'Use the settings and data of this profile',
    helpValue: 'NAME',
    helpGroup: 'GLOBAL',
  }),
  'no-color': Flags.boolean({description: 'Print without colour', helpGroup: 'GLOBAL'}),
  'no-input': Flags.boolean({description: 'Never ask; fail where an answer is missing', helpGroup: 'GLOBAL'}),
  quiet: Flags.boolean({char: 'q', description: 'Print the result alone: no progress, no notes', helpGroup: 'GLOBAL'}),
  debug: Flags.boolean({description: 'Show what happens inside, and the stack of an error', helpGroup: 'GLOBAL'}),
} satisfies Interfaces.FlagInput

const helpValues: Record<Field['kind'], string> = {
  text: 'TEXT',
  integer: 'N',
  number: 'NUMBER',
  boolean: '',
  map: 'KEY=VALUE',
}

/** oclif's flags for fields. Values stay text here: the operation's schema converts and checks them, all at once. */
export function flagsFor(fields: readonly Field[]): Interfaces.FlagInput {
  return Object.fromEntries(fields.filter(field => !field.positional).map(field => [field.flag, flagFor(field)]))
}

function flagFor(field: Field) {
  const fallback = field.fallback
  const shown = fallback === undefined || fallback === false || (Array.isArray(fallback) && fallback.length === 0)
  const common = {
    ...(field.char ? {char: field.char as Interfaces.AlphabetLowercase} : {}),
    summary: shown ? field.description : `${field.description} [default: ${String(fallback)}]`,
    required: field.required,
  }
  if (field.kind === 'boolean') return Flags.boolean({...common, allowNo: field.fallback === true})
  return Flags.string({
    ...common,
    helpValue: placeholderOf(field),
    ...(field.options ? {options: [...field.options]} : {}),
    multiple: field.many || field.kind === 'map',
    multipleNonGreedy: true,
    ...(field.commas ? {delimiter: ','} : {}),
  } as Parameters<typeof Flags.string>[0])
}

/** What stands for a flag's value in help. */
export function placeholderOf(field: Field): string {
  return field.options ? field.options.join('|') : helpValues[field.kind]
}

/** oclif's arguments for fields. `ignoreStdin`: a missing one must not wait for a terminal. */
export function argsFor(fields: readonly Field[], order: readonly string[]): Interfaces.ArgInput {
  return Object.fromEntries(
    order.map(name => {
      const field = fields.find(each => each.name === name)
      if (!field) throw new TypeError(`No field ${name}`)
      return [
        field.flag,
        Args.string({
          description: field.description,
          required: field.required,
          ignoreStdin: true,
          ...(field.options ? {options: [...field.options]} : {}),
          ...(field.many ? {multiple: true} : {}),
        } as Parameters<typeof Args.string>[0]),
      ]
    }),
  )
}

/** What was typed, as the operation's input; what was not typed is left to the schema's defaults. */
export function inputFrom(fields: readonly Field[], typed: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const input: Record<string, unknown> = {}
  for (const field of fields) {
    const value = typed[field.flag]
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue
    if (field.kind === 'map') input[field.name] = mapFrom(field, value as readonly string[])
    else if (Array.isArray(value)) input[field.name] = value.map(each => valueFrom(field, each))
    else input[field.name] = valueFrom(field, value)
  }
  return input
}

function valueFrom(field: Field, value: unknown): unknown {
  if (field.kind !== 'integer' && field.kind !== 'number') return value
  const text = String(value).trim()
  const number = Number(text)
  if (text !== '' && Number.isFinite(number)) return number
  throw new InvalidInputError(`${nameOf(field)} expects a number, not "${String(value)}"`)
}

function mapFrom(field: Field, pairs: readonly string[]): Record<string, string> {
  const entries = pairs.map(pair => {
    const at = pair.indexOf('=')
    if (at <= 0) throw new InvalidInputError(`${nameOf(field)} expects KEY=VALUE, not "${pair}"`)
    return [pair.slice(0, at), pair.slice(at + 1)] as const
  })
  return Object.fromEntries(entries)
}

/** How a person knows a field: `--top-k`, or `QUERY` for a positional one. */
export function nameOf(field: Field): string {
  return field.positional ? field.flag.toUpperCase() : `--${field.flag}`
}
