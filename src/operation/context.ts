import type {Settings} from '../config/settings.ts'
import type {EmbeddingModel} from '../llm/embedding-model.ts'
import type {LanguageModel} from '../llm/language-model.ts'
import type {Meter} from '../llm/metered-call.ts'
import type {Store} from '../store/store.ts'
import type {UnitWitness} from '../store/unit.ts'
import type {Operation, OperationInput, OperationOutput} from './operation.ts'
import type {Registry} from './registry.ts'
import type {SharedGroup} from './shared-resources.ts'

/** Who asks. The owner of a local profile has every scope. */
export interface Principal {
  readonly id: string
  readonly kind: 'local' | 'key' | 'user' | 'system'
  readonly scopes: readonly string[] | '*'
  /** Groups that the principal belongs to, for what only some may see. */
  readonly groups?: readonly string[]
}

/** Time as a service sees it; tests move it by hand. */
export interface Clock {
  now(): Date
  /** Milliseconds that only go forward, for durations. */
  elapsed(): number
}

/** Where identifiers and salts come from. */
export interface Randomness {
  bytes(count: number): Uint8Array
  /** A UUID version 7 (RFC 9562): sortable by creation time. */
  id(): string
}

export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
}

/**
 * What an operation says while it runs: a bar on a terminal, Server-Sent Events over HTTP.
 * `note` is worth a line of its own; `delta` is a piece of the result's text as it is generated.
 */
export type OperationEvent =
  | {
      readonly type: 'progress'
      readonly label: string
      readonly done: number
      readonly total?: number
      readonly unit?: string
    }
  | {readonly type: 'note'; readonly level: 'info' | 'warn'; readonly message: string}
  | {readonly type: 'delta'; readonly text: string}

/** Where operations run if not in this process: a deployment that a profile names. */
export interface Remote {
  readonly url: string
  /** Of the program over there; known from its first answer on. */
  readonly version: string | undefined
  /**
   * Runs an operation that has a route over there: with the input as its caller gave it, checked here already. Events
   * go to the context's `emit`. Answers what the operation answered, unchecked; throws what it threw, or why it could
   * not be reached.
   */
  call(operation: Operation, input: Readonly<Record<string, unknown>>, context: Context): Promise<unknown>
}

/** Which profile is in use, and the file that holds its settings (it may not exist yet). */
export interface Profile {
  readonly name: string
  readonly settingsFile: string
}

/** The directories of one profile. All absolute. */
export interface Directories {
  readonly config: string
  readonly data: string
  readonly cache: string
  readonly state: string
  /** Of the plugins that the user installed, for all profiles. */
  readonly plugins: string
}

/**
 * Everything that varies from call to call. A service takes what it needs from here and from nowhere else: no
 * globals, no `process`, no `Date.now()`. The factories are lazy, so that what is not used is not loaded.
 */
export interface Context {
  readonly tenant: string
  readonly principal: Principal
  readonly clock: Clock
  readonly random: Randomness
  readonly log: Logger
  readonly signal: AbortSignal
  readonly settings: Settings
  readonly profile: Profile
  readonly directories: Directories
  /** Relative paths of the caller begin here. */
  readonly workingDirectory: string
  /** The operation that is running, for audit entries. */
  readonly operation: string
  /** Runs in the transaction of every unit of work of this call, last before its commit. */
  readonly witness?: UnitWitness
  /** Absent where operations run in this process. */
  readonly remote?: Remote
  emit(event: OperationEvent): void
  /** The rows of this profile. Rejects where they are with a `remote`. */
  store(): Promise<Store>
  /** The configured language model, or another of the same backend; undefined where none is configured. */
  llm(model?: string): Promise<LanguageModel | undefined>
  /**
   * The configured embedding model, or another of the same provider; undefined where none is configured. What it uses
   * is written down, and documents' vectors are remembered.
   */
  embeddings(model?: string): Promise<EmbeddingModel | undefined>
  /** Runs calls that are billed by seconds, characters or pictures, within budgets and with a record. */
  meter(): Promise<Meter>
  /**
   * Something costly that calls share, such as an open index: made at the first call with a key, closed when the
   * session or server ends. The key says what makes it different from others, the tenant too where that matters. Of
   * a group only the most recently used are kept; such a resource must bear to be closed while it is used.
   */
  shared<T>(
    key: string,
    make: () => Promise<T>,
    close?: (resource: T) => Promise<void>,
    group?: SharedGroup,
  ): Promise<T>
  /** Every plugin of this program. */
  readonly registry: Registry
  /** Calls another operation as the same principal and tenant. */
  invoke<O extends Operation>(operation: O, input: OperationInput<O>): Promise<OperationOutput<O>>
}
