import type * as z from 'zod'
import {readFileSync, statSync} from 'node:fs'
import {InvalidInputError, NotFoundError} from '../operation/errors.ts'
import {nearest} from '../operation/nearest.ts'
import {plainProblem} from '../operation/plain-problems.ts'
import type {SettingDeclaration} from '../operation/plugin.ts'
import type {Environment} from './directories.ts'
import {type SettingsFile, SettingsFileError, type Subtree} from './yaml-file.ts'

/** Where a value comes from, most binding first. */
export type Origin =
  | {readonly kind: 'flag'}
  | {readonly kind: 'environment'; readonly variable: string}
  | {readonly kind: 'project' | 'profile'; readonly path: string; readonly line: number}
  | {readonly kind: 'default'}

/** One setting as it stands. A secret's value is only there for the program; `display` never shows it. */
export interface EffectiveSetting {
  readonly name: string
  readonly value: unknown
  readonly origin: Origin
  readonly declaration: SettingDeclaration
}

/** A setting's value does not fit its declaration. The message names where the value comes from. */
export class InvalidSettingError extends InvalidInputError {
  override readonly code = 'invalid_setting'
}

/** No plugin declares a setting of this name. */
export class UnknownSettingError extends NotFoundError {
  override readonly code = 'unknown_setting'
}

export interface SettingsSources {
  readonly flags?: Readonly<Record<string, unknown>>
  readonly env: Environment
  readonly project?: SettingsFile | undefined
  readonly profile?: SettingsFile | undefined
  /** Plugins that are not here: what a file sets for them is passed over. */
  readonly absent?: readonly string[]
}

/** The environment variables that set this, most binding first. */
export function variablesOf(declaration: SettingDeclaration): readonly string[] {
  return [`OMNI_${declaration.name.toUpperCase().replaceAll('.', '_')}`, ...(declaration.env ?? [])]
}

/**
 * Every setting of the program with its precedence: flag, environment, project file, profile file, default.
 * A value is checked when it is asked for, so that a mistake in one domain does not stop another.
 */
export class Settings {
  readonly #declarations: ReadonlyMap<string, SettingDeclaration>
  readonly #sources: SettingsSources

  /** Throws SettingsFileError where a file names a setting that does not exist, or holds what does not belong in it. */
  constructor(declarations: readonly SettingDeclaration[], sources: SettingsSources) {
    this.#declarations = new Map(declarations.map(declaration => [declaration.name, declaration]))
    this.#sources = sources
    for (const file of [sources.project, sources.profile]) if (file) this.#checkNames(file)
  }

  /** The value, or undefined where nothing sets it. Throws UnknownSettingError, InvalidSettingError. */
  get(name: string): unknown {
    return this.effective(name).value
  }

  /** The value with where it comes from. Throws UnknownSettingError, InvalidSettingError. */
  effective(name: string): EffectiveSetting {
    const declaration = this.declaration(name)
    const found = this.#find(declaration)
    if (found === undefined) return {name, value: declaration.default, origin: {kind: 'default'}, declaration}
    const parsed = schemaOf(declaration).safeParse(found.value, {error: plainProblem})
    if (parsed.success) return {name, value: parsed.data, origin: found.origin, declaration}
    if (declaration.structured) {
      throw structureError(name, found.subtree, found.origin, parsed.error.issues.flatMap(eachUnknownKey))
    }
    throw new InvalidSettingError(
      `${name} from ${describeOrigin(found.origin)}: ${parsed.error.issues.map(issue => issue.message).join('; ')}`,
      {hint: `correct it there; \`omni config list --show-origin\` shows every setting`},
    )
  }

  list(): readonly EffectiveSetting[] {
    return [...this.#declarations.keys()].toSorted().map(name => this.effective(name))
  }

  /** Throws UnknownSettingError with the nearest names. */
  declaration(name: string): SettingDeclaration {
    const declaration = this.#declarations.get(name)
    if (declaration) return declaration
    throw new UnknownSettingError(`There is no setting ${name}`, {hint: this.#hintFor(name)})
  }

  /** Names that were perhaps meant: spelled nearly so, or with the same last word. */
  #hintFor(name: string): string {
    const names = [...this.#declarations.keys()]
    const spelled = nearest(name, names)
    const last = name.split('.').at(-1) ?? name
    const near = spelled.length > 0 ? spelled : names.filter(each => each.includes(last) || name.includes(each))
    return near.length > 0 ? `did you mean ${near.join(' or ')}?` : '`omni config list` shows every setting'
  }

  /** The error for parts of a structured setting that its schema cannot judge, each with the line where it stands. */
  problem(
    name: string,
    issues: readonly {readonly path: readonly PropertyKey[]; readonly message: string}[],
  ): InvalidSettingError {
    const {origin, subtree} = this.#find(this.declaration(name)) ?? {origin: {kind: 'default'} as const}
    return structureError(name, subtree, origin, issues)
  }

  /**
   * A secret that a setting refers to: `env:NAME` is a variable, `file:PATH` a file that its owner may read; undefined
   * where the variable is not set. Throws InvalidSettingError for another form, and for a file that cannot be read.
   */
  secretOf(reference: string): string | undefined {
    const [, kind, rest] = /^(env|file):(.+)$/.exec(reference) ?? []
    if (kind === 'env') return this.#sources.env[rest!] || undefined
    if (kind === 'file') return readSecretFile(rest!, reference)
    throw new InvalidSettingError(`"${reference}" refers to no secret`, {hint: 'write env:NAME or file:/absolute/path'})
  }

  #find(declaration: SettingDeclaration): {value: unknown; origin: Origin; subtree?: Subtree} | undefined {
    const {flags, env, project, profile} = this.#sources
    const {name} = declaration
    if (flags?.[name] !== undefined) return {value: flags[name], origin: {kind: 'flag'}}
    for (const variable of variablesOf(declaration)) {
      const value = env[variable]
      if (value !== undefined && value !== '')
        return {value: fromText(value, declaration), origin: {kind: 'environment', variable}}
      const file = declaration.secret ? env[`${variable}_FILE`] : undefined
      if (file)
        return {
          value: readSecretFile(file, `${variable}_FILE`),
          origin: {kind: 'environment', variable: `${variable}_FILE`},
        }
    }
    for (const [kind, file] of [
      ['project', project],
      ['profile', profile],
    ] as const) {
      const subtree = declaration.structured ? file?.subtree?.(name) : undefined
      if (file && subtree) {
        return {value: subtree.value, origin: {kind, path: file.path, line: subtree.line}, subtree}
      }
      const entry = file?.values.get(name)
      if (file && entry) return {value: entry.value, origin: {kind, path: file.path, line: entry.line}}
    }
    return undefined
  }

  #checkNames(file: SettingsFile): void {
    const structured = [...this.#declarations.values()].filter(declaration => declaration.structured)
    for (const [name, {value, line}] of file.values) {
      const declaration = this.#declarations.get(name)
      if (structured.some(each => name.startsWith(`${each.name}.`))) continue
      if (!declaration && this.#sources.absent?.includes(name.split('.')[0]!)) continue
      if (!declaration) {
        throw new SettingsFileError(`${file.path}:${line}: there is no setting ${name}`, {hint: this.#hintFor(name)})
      }
      if (declaration.secret) {
        throw new SettingsFileError(`${file.path}:${line}: ${name} is a secret and does not belong in this file`, {
          hint: `set ${variablesOf(declaration).join(' or ')}, or point ${variablesOf(declaration)[0]}_FILE at a file, and remove the line`,
        })
      }
      if (!holdsSecret(declaration, value)) continue
      throw new SettingsFileError(`${file.path}:${line}: ${name} holds a secret, which does not belong in this file`, {
        hint: `set ${variablesOf(declaration).join(' or ')} instead`,
      })
    }
  }
}

/** Whether a part of the value is a secret, so that it is kept in no file. */
export function holdsSecret({shown}: SettingDeclaration, value: unknown): boolean {
  return shown !== undefined && shown(value) !== value
}

/** What others have written, such as a checkout, must not lead this user's requests and keys astray. @throws InvalidSettingError */
export function refuseProject({name, origin}: EffectiveSetting, hint: string): void {
  if (origin.kind !== 'project') return
  throw new InvalidSettingError(`${origin.path}:${origin.line} sets ${name}, which a project's file may not`, {hint})
}

/** A key that a schema does not have is a problem of its own, in its own line. */
function eachUnknownKey(issue: z.core.$ZodIssue): readonly Pick<z.core.$ZodIssue, 'path' | 'message'>[] {
  if (issue.code !== 'unrecognized_keys') return [issue]
  const message = issue.message.startsWith('Unrecognized') ? 'is not known here' : issue.message
  return issue.keys.map(key => ({path: [...issue.path, key], message}))
}

/** Names every part that is wrong with the line where it stands. */
function structureError(
  name: string,
  subtree: Subtree | undefined,
  origin: Origin,
  issues: readonly {readonly path: readonly PropertyKey[]; readonly message: string}[],
): InvalidSettingError {
  const file = origin.kind === 'project' || origin.kind === 'profile' ? origin.path : describeOrigin(origin)
  const told = issues.map(({path, message}) => {
    const part = path.map(key => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
    return `${subtree ? `${file}:${subtree.lineOf(path)}` : file}: ${name}${part}: ${message}`
  })
  return new InvalidSettingError(told.join('; '), {
    hint: `correct ${told.length === 1 ? 'it' : 'them'} there`,
    details: {problems: issues.map(({path, message}) => ({path, message, line: subtree?.lineOf(path) ?? null}))},
  })
}

const schemas = new WeakMap<SettingDeclaration, z.ZodType>()

/** What values of a setting are checked with, made when it is first needed. */
export function schemaOf(declaration: SettingDeclaration): z.ZodType {
  const {schema} = declaration
  if (typeof schema !== 'function') return schema
  const made = schemas.get(declaration) ?? schema()
  schemas.set(declaration, made)
  return made
}

/** A value typed as text, as the declaration's schema would have it: numbers and booleans are recognised. */
export function fromText(text: string, declaration: SettingDeclaration): unknown {
  if (schemaOf(declaration).safeParse(text).success) return text
  if (declaration.structured) return jsonOf(text) ?? text
  if (text === 'true' || text === 'false') return text === 'true'
  const number = Number(text)
  return text.trim() !== '' && Number.isFinite(number) ? number : text
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function readSecretFile(path: string, variable: string): string {
  try {
    if (statSync(path).size > 65_536) throw new Error('larger than 64 kB')
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const problem = isMissing ? 'there is no such file' : (error as Error).message
    throw new InvalidSettingError(`${variable} names ${path}: ${problem}`, {
      hint: 'write the secret there, in a file that only you may read',
      cause: error,
    })
  }
}

export function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'flag':
      return 'a flag'
    case 'environment':
      return `$${origin.variable}`
    case 'project':
    case 'profile':
      return `${origin.path}:${origin.line}`
    case 'default':
      return 'default'
  }
}

/** How a value may be shown: a secret only as set or not. */
export function displayValue(setting: EffectiveSetting): unknown {
  if (setting.value === undefined) return null
  const {secret, shown} = setting.declaration
  if (secret) return '(set)'
  return shown === undefined ? setting.value : shown(setting.value)
}
