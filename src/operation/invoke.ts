import type * as z from 'zod'
import {assertResident} from '../privacy/residency.ts'
import type {Context, Principal} from './context.ts'
import {CancelledError, DeniedError, FailureError, InvalidInputError} from './errors.ts'
import type {Handler, Operation, OperationInput, OperationOutput} from './operation.ts'
import {plainProblem} from './plain-problems.ts'

/** One thing that is wrong with an input; `path` names the field, dotted. */
export interface InputProblem {
  readonly path: string
  readonly message: string
}

/** The input does not match the operation's schema. `problems` names every field at once. */
export class InputMismatchError extends InvalidInputError {
  readonly problems: readonly InputProblem[]

  constructor(operation: string, problems: readonly InputProblem[]) {
    super(
      problems.map(problem => (problem.path ? `${problem.path}: ${problem.message}` : problem.message)).join('; '),
      {
        details: {operation, problems},
      },
    )
    this.problems = problems
  }
}

/** The handler answered with something that its own output schema refuses: a bug of the operation. */
export class OutputMismatchError extends Error {
  readonly problems: readonly InputProblem[]

  constructor(operation: string, problems: readonly InputProblem[]) {
    super(
      `${operation} answered outside its schema: ${problems.map(each => `${each.path} ${each.message}`).join('; ')}`,
    )
    this.name = 'OutputMismatchError'
    this.problems = problems
  }
}

/** A deployment answered with something that the operation's output schema refuses: another version, or no omni at all. */
export class AnswerMismatchError extends FailureError {
  override readonly code = 'answer_mismatch'
}

function problemsOf(error: z.ZodError): InputProblem[] {
  return error.issues.map(issue => ({path: issue.path.map(String).join('.'), message: issue.message}))
}

/** Whether a principal has a scope; `<domain>:*` stands for all of a domain. */
export function hasScope({scopes}: Pick<Principal, 'scopes'>, scope: string): boolean {
  return scopes === '*' || scopes.includes(scope) || scopes.includes(`${scope.split(':')[0]}:*`)
}

/** Throws DeniedError unless the principal has every scope. */
export function requireScopes(operation: Pick<Operation, 'id' | 'scopes'>, context: Pick<Context, 'principal'>): void {
  const missing = operation.scopes.filter(scope => !hasScope(context.principal, scope))
  if (missing.length === 0) return
  throw new DeniedError(`${operation.id} needs ${missing.join(' and ')}, which ${context.principal.id} does not have`, {
    hint: 'ask for a key with these scopes',
    details: {operation: operation.id, missing},
  })
}

/** The input as the handler gets it: defaults filled in. Throws InputMismatchError. */
export function parseInput<O extends Operation>(operation: O, input: unknown): z.output<O['input']> {
  const parsed = operation.input.safeParse(input, {error: plainProblem})
  if (!parsed.success) throw new InputMismatchError(operation.id, problemsOf(parsed.error))
  return parsed.data
}

/**
 * Runs an operation: checks scopes and input, runs it here or, where the context has a remote and the operation a
 * route, over there, and checks the output.
 * Throws DeniedError, InputMismatchError, CancelledError, OutputMismatchError, AnswerMismatchError, ResidencyError, and what
 * the handler or remote throws.
 */
export async function invoke<O extends Operation>(
  operation: O,
  input: OperationInput<O>,
  context: Context,
): Promise<OperationOutput<O>> {
  const {remote} = context
  if (remote === undefined || operation.http === undefined) return invokeHere(operation, input, context)
  admit(operation, input, context)
  assertResident(context.settings, 'remote', remote.url)
  const answer = await remote.call(operation, input as Record<string, unknown>, context)
  try {
    return checkedOutput(operation, answer)
  } catch (error) {
    if (!(error instanceof OutputMismatchError)) throw error
    const theirs = remote.version === undefined ? '' : `, omni ${remote.version},`
    throw new AnswerMismatchError(
      `${remote.url}${theirs} answered ${operation.id} with something else than it asks for`,
      {
        hint: 'use the version of omni that runs there; `omni profile test` tells which',
        details: {operation: operation.id, problems: error.problems},
        cause: error,
      },
    )
  }
}

/** Runs an operation in this process, whatever the context's remote. Throws like `invoke`. */
export async function invokeHere<O extends Operation>(
  operation: O,
  input: OperationInput<O>,
  context: Context,
): Promise<OperationOutput<O>> {
  const parsed = admit(operation, input, context)
  const handle = (handlers.get(operation) as Handler<O> | undefined) ?? (await loadHandler(operation))
  return checkedOutput(operation, await handle(parsed, context))
}

/** Node looks a module up anew at each `import()`, which a server would pay for with every request. */
const handlers = new WeakMap<Operation, Handler<Operation>>()

async function loadHandler<O extends Operation>(operation: O): Promise<Handler<O>> {
  const {handle} = (await operation.handler()) as {handle?: Handler<O>}
  if (handle === undefined) throw new TypeError(`The handler module of ${operation.id} exports no handle`)
  handlers.set(operation, handle as Handler<Operation>)
  return handle
}

function admit<O extends Operation>(operation: O, input: unknown, context: Context): z.output<O['input']> {
  requireScopes(operation, context)
  const parsed = parseInput(operation, input)
  if (context.signal.aborted) throw new CancelledError()
  return parsed
}

function checkedOutput<O extends Operation>(operation: O, output: unknown): OperationOutput<O> {
  const checked = operation.output.safeParse(output)
  if (!checked.success) throw new OutputMismatchError(operation.id, problemsOf(checked.error))
  return checked.data
}
