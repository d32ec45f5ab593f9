import type * as z from 'zod'
import type {Context} from './context.ts'
import type {ExitCode} from './errors.ts'

/**
 * What an operation does to the world. `write` and `destructive` are audited; `destructive` also asks before it runs
 * and is off for tools unless allowed.
 */
export type Effects = 'read' | 'write' | 'destructive'

type Key<I extends z.ZodObject> = Extract<keyof z.input<I>, string>

/** How the operation appears on the command line; everything else about its command follows from the schemas. */
export interface CommandLine<I extends z.ZodObject = z.ZodObject, O extends z.ZodType = z.ZodType> {
  /** Input fields that are positional, in order. An array field takes all the rest and must come last. */
  readonly args?: readonly Key<I>[]
  /** Single-letter flags by input field. */
  readonly chars?: Partial<Record<Key<I>, string>>
  /** Flag names by input field, where a person would expect another word than the field's. */
  readonly names?: Partial<Record<Key<I>, string>>
  /** What a field's description says beside the rest to a person who types: that - reads it from stdin. */
  readonly hints?: Partial<Record<Key<I>, string>>
  /** Lists whose items may also be written in one, with commas between them: names, and never texts. */
  readonly commas?: readonly Key<I>[]
  /** The text field that what comes by a pipe belongs to: alone, or in front of what was typed. */
  readonly piped?: Key<I>
  /** Input fields that are no flags because the command fills them in itself. */
  readonly omit?: readonly Key<I>[]
  /** The output field that holds the rows of a table; the output itself is the one row where it is absent. */
  readonly rows?: Extract<keyof z.output<O>, string>
  /** The columns of a table, as dotted paths into a row. */
  readonly columns?: readonly string[]
  /** Whole command lines, at least one. */
  readonly examples: readonly string[]
  /**
   * What a destructive operation asks for: `yes` (moderate, `--yes`), or the input field whose value has to be
   * repeated with `--confirm` (severe).
   */
  readonly confirm?: 'yes' | {readonly repeat: Key<I>}
}

export interface OperationDefinition<I extends z.ZodObject = z.ZodObject, O extends z.ZodType = z.ZodType> {
  /** `<domain>.<verb>`, or `<domain>.<noun>.<verb>`: the command's words, joined by dots. */
  readonly id: string
  /** One line, as in a list of commands: begins with a verb, ends without a full stop. */
  readonly summary: string
  readonly description?: string
  /** Absent where the operation is about this machine alone, such as its settings: then no server offers it. */
  readonly http?: {
    readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
    readonly path: `/${string}`
    /** What a request does, where the operation's description speaks of its command. */
    readonly description?: string
    /**
     * The input field, a list of `{name, data}` or one of them, that a request may also fill by uploading files as
     * `multipart/form-data`. The data is base64 in JSON.
     */
    readonly files?: Key<I>
    /** For an answer that is a file, which a request may ask for as such: `Accept: audio/*`. */
    readonly file?: {
      readonly types: `${string}/*`
      /** Base64; undefined where there is not exactly one. */
      readonly of: (output: z.output<O>) => {readonly data: string; readonly mediaType: string} | undefined
      /** The input field, true or false, that such a request sets, where the file is made for those alone who ask for it. */
      readonly asks?: Key<I>
    }
  }
  /** What the principal needs, all of it: `<domain>:<right>`. */
  readonly scopes: readonly string[]
  readonly effects: Effects
  /**
   * The answer holds a secret or what one protects: it is told once and kept nowhere, neither for a repeated request
   * nor as the result of a job.
   */
  readonly confidential?: boolean
  /**
   * False where running it twice with one input does more than running it once, such as spending a budget: what a
   * crash interrupted after a commit is then told, and not run again.
   */
  readonly repeatable?: false
  readonly input: I
  readonly output: O
  readonly cli: CommandLine<I, O>
  /** A request as a program sends it, for the API's documents; needed where no line of `cli.examples` says a whole one. */
  readonly example?: z.input<I>
  /** The exit code that a finished run deserves, where it is not always 0: partial work, a failed gate. */
  readonly outcome?: (output: z.output<O>) => ExitCode
  /**
   * Loads the module whose `handle` does the work. Its type is not said here, because the module names its own type
   * after this operation (`Handler<typeof …>`); `invoke` checks that it is there.
   */
  readonly handler: () => Promise<unknown>
}

// The one place where the schemas' types are forgotten: lists of operations hold operations of every shape.
// `any`, since a function's parameter is contravariant and no narrower type accepts all.
// oxlint-disable-next-line typescript/no-explicit-any
export type Operation = OperationDefinition<any, any>

export type OperationInput<O extends Operation> = z.input<O['input']>
export type OperationOutput<O extends Operation> = z.output<O['output']>

/** The type of a handler module's `handle`. */
export type Handler<O extends Operation> = (
  input: z.output<O['input']>,
  context: Context,
) => Promise<OperationOutput<O>>

const idPattern = /^[a-z][a-z0-9]*(\.[a-z][a-z0-9-]*)*$/

/**
 * Defines an operation once, as plain data with a handler; the command, the route, the documents and the tools are
 * derived from it. Throws a TypeError where the definition contradicts itself, which is a bug of the plugin.
 */
export function defineOperation<I extends z.ZodObject, O extends z.ZodType>(
  definition: OperationDefinition<I, O>,
): OperationDefinition<I, O> {
  const {id, cli, effects} = definition
  if (!idPattern.test(id)) throw new TypeError(`Operation id "${id}" is not lower-case words joined by dots`)
  if (cli.examples.length === 0) throw new TypeError(`Operation ${id} has no example`)
  if (cli.confirm !== undefined && effects !== 'destructive') {
    throw new TypeError(`Operation ${id} asks for confirmation but is not destructive`)
  }
  const fields = definition.input.shape as Record<string, unknown>
  const named = [
    ...(cli.args ?? []),
    ...Object.keys(cli.chars ?? {}),
    ...Object.keys(cli.names ?? {}),
    ...Object.keys(cli.hints ?? {}),
    ...(cli.commas ?? []),
    ...(cli.piped === undefined ? [] : [cli.piped]),
    ...(cli.omit ?? []),
    ...(definition.http?.files === undefined ? [] : [definition.http.files]),
    ...(definition.http?.file?.asks === undefined ? [] : [definition.http.file.asks]),
  ]
  for (const field of named) {
    if (!(field in fields)) throw new TypeError(`Operation ${id} names "${field}", which its input does not have`)
  }
  return Object.freeze(definition)
}
