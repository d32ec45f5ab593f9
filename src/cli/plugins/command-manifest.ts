import {globSync} from 'node:fs'
import {join, sep} from 'node:path'
import {pathToFileURL} from 'node:url'
import type {Command} from '@oclif/core/command'
import type {Operation} from '../../operation/operation.ts'
import {PluginRefusedError} from '../../plugins/foreign-plugin.ts'
import type {CommandRecord} from '../../plugins/installed-plugins.ts'
import {commandFor} from '../command-for.ts'
import {globalFlags} from '../flags.ts'
import {OmniCommand} from '../omni-command.ts'

/**
 * The commands of a plugin as plain data, so that help, completion and the parser need not load it: one for each
 * operation, and those in its own directory of commands, which win.
 * @throws PluginRefusedError for a command outside the plugin's topic or one that is no OmniCommand
 */
export async function commandManifest(
  name: string,
  operations: readonly Operation[],
  {root, directory}: {readonly root: string; readonly directory: string | undefined},
): Promise<Record<string, CommandRecord>> {
  const derived = operations.map(operation => {
    const id = operation.id.replaceAll('.', ':')
    return [id, recordOf(id, commandFor(operation) as unknown as Command.Class)] as const
  })
  const files = directory === undefined ? [] : globSync('**/*.{js,mjs}', {cwd: join(root, directory)})
  const written = await Promise.all(files.map(file => fromFile(name, root, join(directory ?? '', file), file)))
  return Object.fromEntries([...derived, ...written].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

async function fromFile(name: string, root: string, path: string, file: string) {
  const id = file
    .replace(/\.m?js$/, '')
    .split(sep)
    .join(':')
  if (id.split(':')[0] !== name) {
    throw new PluginRefusedError(
      `The command ${id.replaceAll(':', ' ')} of plugin ${name} is outside its topic ${name}`,
    )
  }
  const {default: command} = (await import(pathToFileURL(join(root, path)).href)) as {default?: Command.Class}
  // Its flags, output, errors and exit codes are to be those of every command.
  if (typeof command !== 'function' || !(command.prototype instanceof OmniCommand)) {
    throw new PluginRefusedError(`${path} of plugin ${name} exports no command that extends OmniCommand`, {
      hint: 'import {OmniCommand} from "@omni-ops/core/cli"',
    })
  }
  return [id, {...recordOf(id, command), relativePath: path.split(sep), isESM: true}] as const
}

/** What oclif keeps of a command in a manifest: the properties that are plain data. */
function recordOf(id: string, command: Command.Class): CommandRecord {
  const {summary, description, usage, examples, strict, hidden, aliases, args, flags} = command
  const named = (definitions: Readonly<Record<string, object>>) =>
    Object.fromEntries(Object.entries(definitions).map(([each, definition]) => [each, {...definition, name: each}]))
  const record = {
    id,
    summary,
    description,
    usage,
    examples,
    strict,
    hidden,
    aliases: (aliases ?? []).filter(alias => alias.startsWith(`${id.split(':')[0]} `)),
    hiddenAliases: [],
    args: named(args ?? {}),
    flags: named({...globalFlags, ...flags}),
  }
  return JSON.parse(JSON.stringify(record)) as CommandRecord
}
