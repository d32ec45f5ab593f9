/**
 * The surface that scripts depend on, kept in the repository so that a change of it is reviewed: every command with
 * its flags, arguments and examples, and the JSON Schemas of its operation, in `snapshots/commands.json`; and the
 * OpenAPI document, in `snapshots/openapi.json`; and the form of dashboards as JSON, in
 * `snapshots/dashboard.schema.json`.
 * `npm run snapshots` writes it; `npm run snapshots -- --check` compares, prints what differs and exits with 1.
 */
import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {pathToFileURL} from 'node:url'
import {parseArgs} from 'node:util'
import {type Operation, type Plugin, Registry} from '@omni-ops/core/operation'
import {programDocument} from '@omni-ops/core/server/openapi'
import * as z from 'zod'
import {documentSchema} from '../plugins/dashboard/src/render/json/document-schema.ts'
import {differences} from './differences.ts'

const root = resolve(import.meta.dirname, '..')
const directory = join(root, 'snapshots')

interface ManifestCommand {
  readonly id: string
  readonly summary?: string
  readonly description?: string
  readonly examples?: readonly string[]
  readonly args: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly flags: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** What of a flag or an argument a script can depend on, or a person reads. */
const kept = ['char', 'type', 'multiple', 'required', 'options', 'allowNo', 'helpValue', 'summary', 'description']

async function commandsSnapshot(registry: Registry): Promise<unknown> {
  const manifest = JSON.parse(await readFile(join(root, 'oclif.manifest.json'), 'utf8')) as {
    commands: Readonly<Record<string, ManifestCommand>>
  }
  const operations = await registry.operations()
  const described = Object.values(manifest.commands).map(command => {
    const name = command.id.replaceAll(':', ' ')
    const operation = operations.find(each => each.id === command.id.replaceAll(':', '.'))
    return [
      name,
      {
        summary: command.summary,
        description: command.description,
        examples: command.examples,
        args: Object.entries(command.args).map(([argument, each]) => ({name: argument, ...surfaceOf(each)})),
        flags: surfaces(command.flags, false),
        ...(operation ? schemasOf(operation) : {}),
      },
    ] as const
  })
  const withoutCommand = operations.filter(({id}) => !(id.replaceAll('.', ':') in manifest.commands))
  const [any] = Object.values(manifest.commands)
  return {
    global_flags: any ? surfaces(any.flags, true) : {},
    commands: Object.fromEntries(described),
    operations_without_command: Object.fromEntries(withoutCommand.map(each => [each.id, schemasOf(each)])),
  }
}

interface ProgramPackage {
  readonly version: string
  readonly omni: {readonly plugins: readonly string[]}
}

async function programRegistry({omni}: ProgramPackage): Promise<Registry> {
  const modules = await Promise.all(
    omni.plugins.map(path => import(pathToFileURL(join(root, path)).href) as Promise<{default: Plugin}>),
  )
  return new Registry(modules.map(module => module.default))
}

/** Without the code samples, which follow from the rest. */
async function openApiSnapshot(registry: Registry, version: string): Promise<unknown> {
  const document = await programDocument(registry, {version, format: '3.1'})
  return JSON.parse(JSON.stringify(document), (key, value: unknown) => (key === 'x-codeSamples' ? undefined : value))
}

function schemasOf(operation: Operation) {
  return {
    effects: operation.effects,
    scopes: operation.scopes,
    // Without functions, as it is read back.
    http: operation.http && JSON.parse(JSON.stringify(operation.http)),
    input: z.toJSONSchema(operation.input, {io: 'input', unrepresentable: 'any'}),
    output: z.toJSONSchema(operation.output, {io: 'output', unrepresentable: 'any'}),
  }
}

function surfaceOf(definition: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(kept.flatMap(key => (definition[key] === undefined ? [] : [[key, definition[key]]])))
}

/** The flags that every command has, or those that are a command's own. */
function surfaces(flags: ManifestCommand['flags'], global: boolean): Record<string, unknown> {
  const chosen = Object.entries(flags).filter(([, flag]) => (flag.helpGroup === 'GLOBAL') === global)
  return Object.fromEntries(chosen.map(([name, flag]) => [name, surfaceOf(flag)]))
}

/** The value with the keys of every object in alphabetical order, so that only a change of content is a difference. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)]))
}

const {values} = parseArgs({options: {check: {type: 'boolean', default: false}}})
const program = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as ProgramPackage
const registry = await programRegistry(program)
const snapshots = {
  'commands.json': await commandsSnapshot(registry),
  'openapi.json': await openApiSnapshot(registry, program.version),
  'dashboard.schema.json': documentSchema(),
}

for (const [name, content] of Object.entries(snapshots)) {
  const file = join(directory, name)
  const snapshot = sorted(content)
  if (!values.check) {
    await mkdir(directory, {recursive: true})
    await writeFile(file, `${JSON.stringify(snapshot, null, 2)}\n`)
    continue
  }
  const committed: unknown = JSON.parse(await readFile(file, 'utf8').catch(() => '{}'))
  const lines = differences(committed, snapshot)
  if (lines.length === 0) continue
  process.stdout.write(`snapshots/${name} is not what the program is now:\n${lines.join('\n')}\n`)
  process.stdout.write('Review it, then: npm run snapshots\n')
  process.exitCode = 1
}
