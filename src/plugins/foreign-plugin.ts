import {variablesOf} from '../config/settings.ts'
import {InvalidInputError} from '../operation/errors.ts'
import type {Operation} from '../operation/operation.ts'
import type {Plugin} from '../operation/plugin.ts'
import type {PrivacyDeclaration} from '../privacy/declaration.ts'
import type {Migration} from '../store/migration.ts'

/** A plugin breaks a rule that keeps plugins apart from each other and from the program. */
export class PluginRefusedError extends InvalidInputError {
  override readonly code = 'plugin_refused'
}

/** The scope of the program's own packages, which nobody else publishes in. */
export const ownScope = '@omni-ops/'

/** One word without a dash: it begins the plugin's ids, settings, tables and, in capitals, variables. */
const namePattern = /^[a-z][a-z0-9]{1,30}$/

/** Words of the program that are the name of no plugin and no topic of an operation. */
const reserved = ['omni', 'core', 'api', 'ci', 'completion', 'help', 'init', 'mcp', 'serve', 'graphql', 'openapi']

/** The first words that a program uses already: of its plugins, topics, commands, settings and variables. */
export function takenWords(program: readonly Plugin[], topics: readonly string[]): ReadonlySet<string> {
  const settings = program.flatMap(({settings}) => settings ?? [])
  return new Set([
    ...reserved,
    ...topics,
    ...program.flatMap(plugin => [plugin.name, ...Object.keys(plugin.topics ?? {})]),
    ...settings.map(({name}) => name.split(/[._]/)[0]!),
    ...settings.flatMap(variablesOf).flatMap(variable => /^OMNI_([A-Z0-9]+)/.exec(variable)?.[1]?.toLowerCase() ?? []),
  ])
}

/** @throws PluginRefusedError for a name that no plugin of others can have */
export function assertForeignName(name: string, taken: ReadonlySet<string>): void {
  if (!namePattern.test(name)) {
    throw new PluginRefusedError(`A plugin cannot be called "${name}"`, {
      hint: 'one word of lower-case letters and digits, 2 to 31',
    })
  }
  if (taken.has(name)) {
    throw new PluginRefusedError(`The name "${name}" is taken in this program`, {
      hint: 'a topic, setting or table of omni begins with it; the plugin needs another name',
    })
  }
}

/**
 * Checks what a definition says of itself, without loading more of it. Throws PluginRefusedError, and TypeError for
 * something that is no definition.
 */
export function assertForeignPlugin(plugin: Plugin, taken: ReadonlySet<string>): void {
  const {name, summary, operations, settings = [], topics = {}} = plugin
  if (typeof name !== 'string' || typeof summary !== 'string' || typeof operations !== 'function') {
    throw new TypeError('the definition is not what definePlugin gives: name, summary and operations are missing')
  }
  assertForeignName(name, taken)
  const foreignTopic = Object.keys(topics).find(topic => topic !== name)
  if (foreignTopic !== undefined)
    throw new PluginRefusedError(`Plugin ${name} describes the topic ${foreignTopic}, which is not its own`)
  const seen = new Set<string>()
  for (const setting of settings) {
    if (!setting.name.startsWith(`${name}.`)) {
      throw new PluginRefusedError(`The setting ${setting.name} of plugin ${name} does not begin with ${name}.`)
    }
    if (seen.has(setting.name))
      throw new PluginRefusedError(`Plugin ${name} declares the setting ${setting.name} twice`)
    seen.add(setting.name)
  }
}

/** @throws PluginRefusedError where an operation reaches outside its plugin's words, routes or scopes */
export function assertForeignOperations(name: string, operations: readonly Operation[]): void {
  const route = new RegExp(`^/api/v1/${name}(/|$)`)
  const ids = new Set<string>()
  const routes = new Set<string>()
  for (const {id, http, scopes} of operations) {
    const refuse = (message: string, hint?: string): never => {
      throw new PluginRefusedError(`Operation ${id} of plugin ${name} ${message}`, hint === undefined ? {} : {hint})
    }
    if (!id.startsWith(`${name}.`)) refuse(`is outside its topic: its id must begin with ${name}.`)
    if (ids.has(id)) refuse('is defined twice')
    ids.add(id)
    const foreign = scopes.find(scope => !scope.startsWith(`${name}:`))
    if (foreign !== undefined)
      refuse(`asks for the scope ${foreign}, which is not its own`, `its scopes begin with ${name}:`)
    if (scopes.length === 0) refuse('asks for no scope: every key could call it', `give it one such as ${name}:read`)
    if (http === undefined) continue
    if (!route.test(http.path))
      refuse(`answers ${http.path}, which is not its own`, `its routes begin with /api/v1/${name}/`)
    const call = `${http.method} ${http.path}`
    if (routes.has(call)) refuse(`answers ${call}, as another one does`)
    routes.add(call)
  }
}

/** @throws PluginRefusedError where a migration is not the plugin's own or makes tables of another */
export function assertForeignMigrations(name: string, migrations: readonly Migration[]): void {
  for (const {plugin, name: migration, tables} of migrations) {
    if (plugin !== name)
      throw new PluginRefusedError(`Migration ${migration} of plugin ${name} says that it is ${plugin}'s`)
    const foreign = Object.keys(tables ?? {}).find(table => !table.startsWith(`${name}_`))
    if (foreign !== undefined) {
      throw new PluginRefusedError(`The table ${foreign} of plugin ${name} does not begin with ${name}_`)
    }
  }
}

/** @throws PluginRefusedError where a declaration is of another's data */
export function assertForeignPrivacy(name: string, declarations: readonly PrivacyDeclaration[]): void {
  const foreign = declarations.find(({table}) => table !== name && !table.startsWith(`${name}_`))
  if (foreign === undefined) return
  throw new PluginRefusedError(
    `Plugin ${name} declares ${foreign.store} ${foreign.table} for privacy, which is not its own`,
  )
}
