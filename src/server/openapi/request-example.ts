import type {Operation} from '../../operation/operation.ts'
import {inputSchema, type JsonSchema, mapSchema, referredName} from '../json-schema.ts'

/**
 * A request that the operation accepts: the one its definition gives, or else the first of its command lines that says
 * a whole input. Undefined where no command line does, because files take part in it.
 */
export function requestExample(operation: Operation): Readonly<Record<string, unknown>> | undefined {
  if (operation.example !== undefined) return operation.example as Record<string, unknown>
  for (const commandLine of operation.cli.examples) {
    const input = inputFromCommandLine(operation, commandLine)
    if (input !== undefined && operation.input.safeParse(input).success) return input
  }
  return undefined
}

/** What a command line says; undefined where it uses what belongs to the command alone, such as stdin. */
function inputFromCommandLine(operation: Operation, commandLine: string): Record<string, unknown> | undefined {
  const words = wordsOf(commandLine)
  const begin = words.indexOf('omni') + 1
  const name = operation.id.split('.')
  if (begin === 0 || name.some((word, index) => words[begin + index] !== word)) return undefined
  const properties = propertiesOf(operation)
  const positional = [...(operation.cli.args ?? [])]
  const input: Record<string, unknown> = {}
  const rest = words.slice(begin + name.length)
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '-' || /^[|<>]/.test(word)) return undefined
    if (/^--(yes|json)$/.test(word)) continue
    if (/^(-o|--(output|tenant|profile|confirm))$/.test(word)) {
      rest.shift()
      continue
    }
    const field = word.startsWith('-') ? fieldOfFlag(operation, word, properties) : positional[0]
    const schema = field === undefined ? undefined : properties[field]
    if (field === undefined || schema === undefined) return undefined
    const isSwitch = word.startsWith('-') && schema.type === 'boolean'
    const text = word.startsWith('-') && !isSwitch ? rest.shift() : word
    if (text === undefined) return undefined
    if (schema.type === 'array') input[field] = [...((input[field] as unknown[] | undefined) ?? []), text]
    else if (isSwitch) input[field] = true
    else if (schema.type === 'object') input[field] = {...(input[field] as object | undefined), ...pairOf(text)}
    else input[field] = schema.type === 'integer' || schema.type === 'number' ? Number(text) : text
    if (!word.startsWith('-') && schema.type !== 'array') positional.shift()
  }
  return input
}

/** The words of a command line, quotes removed, as a POSIX shell splits them where nothing is expanded. */
function wordsOf(commandLine: string): string[] {
  return [...commandLine.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_quoted, double?: string, single?: string) => double ?? single ?? ''),
  )
}

function fieldOfFlag(
  {cli}: Operation,
  word: string,
  properties: Readonly<Record<string, JsonSchema>>,
): string | undefined {
  const {chars = {}, names = {}} = cli as {chars?: Record<string, string>; names?: Record<string, string>}
  return Object.keys(properties).find(
    field => word === `--${names[field] ?? field.replaceAll('_', '-')}` || word === `-${chars[field]}`,
  )
}

function pairOf(text: string): Record<string, string> {
  const at = text.indexOf('=')
  return {[text.slice(0, at)]: text.slice(at + 1)}
}

/** The input's fields, with named shapes put in their place. */
function propertiesOf(operation: Operation): Readonly<Record<string, JsonSchema>> {
  const schema = inputSchema(operation)
  const inlined = mapSchema(schema, each =>
    each.$ref === undefined ? each : {...schema.$defs?.[referredName(each.$ref)], ...each},
  )
  return inlined.properties ?? {}
}
