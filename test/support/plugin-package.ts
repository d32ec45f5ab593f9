import type {Workspace} from './workspace.ts'

/** What differs from a plugin that works. */
export interface PluginFiles {
  readonly name?: string
  readonly version?: string
  readonly packageName?: string
  /** Of its one operation, as JavaScript. */
  readonly operation?: string
  /** Of the definition, as JavaScript. */
  readonly definition?: string
  /** Before everything else in the definition's module. */
  readonly first?: string
  readonly packageJson?: Readonly<Record<string, unknown>>
  /** Further files by path. */
  readonly files?: Readonly<Record<string, string>>
}

/** Writes a small plugin into a workspace and returns its directory, relative to it. */
export function writePlugin(workspace: Workspace, options: PluginFiles = {}): string {
  const {name = 'parrot', version = '1.0.0', packageName = `omni-plugin-${name}`, files = {}} = options
  const directory = `${name}-${version}-${Object.keys(options).length}`
  const packageJson = {
    name: packageName,
    version,
    type: 'module',
    omni: {plugins: ['./index.js']},
    ...options.packageJson,
  }
  workspace.write(`${directory}/package.json`, JSON.stringify(packageJson))
  workspace.write(
    `${directory}/index.js`,
    `${options.first ?? ''}
import {defineOperation, definePlugin} from '@omni-ops/core/operation'
import * as z from 'zod'

export const say = defineOperation({
  id: '${name}.say',
  summary: 'Say something again',
  http: {method: 'POST', path: '/api/v1/${name}/say'},
  scopes: ['${name}:read'],
  effects: 'read',
  input: z.object({words: z.string().describe('What to say'), loud: z.boolean().default(false).describe('Shout')}),
  output: z.object({said: z.string(), version: z.string()}),
  cli: {args: ['words'], examples: ['omni ${name} say hello']},
  handler: async () => ({
    handle: async ({words, loud}) => ({said: loud ? words.toUpperCase() : words, version: '${version}'}),
  }),
  ${options.operation ?? ''}
})

export default definePlugin({
  name: '${name}',
  summary: 'Says everything again',
  operations: async () => [say],
  ${options.definition ?? ''}
})
`,
  )
  for (const [path, content] of Object.entries(files)) workspace.write(`${directory}/${path}`, content)
  return directory
}
