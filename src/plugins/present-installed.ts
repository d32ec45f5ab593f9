import type * as z from 'zod'
import type {Terminal} from '../cli/terminal.ts'
import type {InstallOutput} from './operations/schemas.ts'

/** What is there now that was not there before. Elsewhere than on a terminal: one row. */
export function present(output: z.output<typeof InstallOutput>, terminal: Terminal): string | undefined {
  if (!terminal.stdout.isTerminal) return undefined
  const {plugin, version, replaced, commands, settings, tables} = output
  const before = replaced === null ? '' : `, in place of ${replaced}`
  if (plugin === null) return `Would install ${output.package} ${version}${before}. Nothing of it was run.`
  const {name, source, linked} = plugin
  const done = linked ? `Linked ${output.package} ${version} at ${source}` : `Installed ${output.package} ${version}`
  return [
    `${done}${before}`,
    ...commands.map(command => `  omni ${command}`),
    ...(settings.length > 0 ? [`  settings: ${settings.join(', ')}`] : []),
    ...(tables.length > 0 ? [`  tables: ${tables.join(', ')}`] : []),
    `Take it away again with: omni plugins uninstall ${name}`,
  ].join('\n')
}
