import {mkdir, readFile, rename, stat, writeFile} from 'node:fs/promises'
import {dirname, join, resolve} from 'node:path'
import type {Context} from '@omni-ops/core/operation'
import {ConflictError, InvalidInputError, NotFoundError} from '@omni-ops/core/operation'
import type {EvaluationTables} from './tables.ts'
import {type EvaluationResult, parseResult} from './evaluation-result.ts'

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/
/** Larger files are no result of ours. */
const LARGEST_FILE = 200_000_000

/** No result was saved under this name. */
export class UnknownResultError extends NotFoundError {
  override readonly code = 'rag_unknown_result'
}

/** Neither a file name that ends in .json nor a name for the store. */
export class InvalidResultNameError extends InvalidInputError {
  override readonly code = 'rag_invalid_result_name'
}

/** The file that a result is to be kept in holds something else. */
export class ForeignFileError extends ConflictError {
  override readonly code = 'rag_result_file_foreign'
}

/**
 * Whether a result of this kind of name is kept in a file. Other names are kept in the tenant's store, or on this
 * machine where that is a deployment's: an answer is for the eyes of who asked, and others see the store.
 */
export function isResultFile(name: string): boolean {
  return name.toLowerCase().endsWith('.json')
}

/**
 * Looks whether a result can be kept under a name, before it takes hours to make one.
 * @throws InvalidResultNameError, ForeignFileError
 */
export async function checkResultName(name: string, context: Context): Promise<void> {
  if (isResultFile(name)) await refuseForeign(name, context)
  else if (!NAME.test(name)) {
    throw new InvalidResultNameError(`"${name}" is no name for a result`, {
      hint: 'use lower-case letters, digits, ., - and _, at most 63, or a file that ends in .json',
    })
  }
}

/**
 * Keeps a result under a name, or in a file where the name ends in `.json`. A result of the same name is replaced.
 * @throws InvalidResultNameError, ForeignFileError
 */
export async function saveResult(name: string, result: EvaluationResult, context: Context): Promise<void> {
  await checkResultName(name, context)
  if (isResultFile(name)) {
    await write(resolve(context.workingDirectory, name), result)
    return
  }
  if (context.remote) {
    await mkdir(dirname(ownFile(name, context)), {recursive: true, mode: 0o700})
    await write(ownFile(name, context), result)
    return
  }
  const store = await context.store()
  const row = {name, saved_at: context.clock.now().toISOString(), result}
  const audit = {action: 'evaluation.saved', resource: `evaluation:${name}`, details: {queries: result.outcomes.length}}
  await store.unit(context, {audit}, async unit => {
    await unit
      .database<EvaluationTables>()
      .insertInto('rag_evaluations')
      .values(row)
      .onConflict(conflict => conflict.columns(['name']).doUpdateSet({saved_at: row.saved_at, result}))
      .execute()
  })
}

/**
 * The result of a name or a file.
 * @throws UnknownResultError, InvalidResultError
 */
export async function loadResult(name: string, context: Context): Promise<EvaluationResult> {
  const found = isResultFile(name) ? await fromFile(name, context) : await fromStore(name, context)
  if (found) return found
  throw new UnknownResultError(`There is no saved result ${name}`, {
    hint: `omni rag eval SET --save ${isResultFile(name) ? name : NAME.test(name) ? name : 'NAME'}`,
  })
}

/** A mistyped name must not cost somebody their package.json. */
async function refuseForeign(name: string, context: Context): Promise<void> {
  try {
    await fromFile(name, context)
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    throw new ForeignFileError(`${name} is there already and is no saved evaluation; nothing was written`, {
      hint: 'choose another name',
      cause: error,
    })
  }
}

async function write(path: string, result: EvaluationResult): Promise<void> {
  const partial = `${path}.partial`
  await writeFile(partial, `${JSON.stringify(result)}\n`, {mode: 0o600})
  await rename(partial, path)
}

/** Of a result that was measured at a deployment. */
function ownFile(name: string, {directories, tenant}: Context): string {
  return join(directories.data, 'evaluations', tenant, `${name}.json`)
}

async function fromFile(name: string, context: Context): Promise<EvaluationResult | undefined> {
  return read(resolve(context.workingDirectory, name), name)
}

async function read(path: string, name: string): Promise<EvaluationResult | undefined> {
  const about = await stat(path).catch(() => undefined)
  if (!about?.isFile()) return undefined
  if (about.size > LARGEST_FILE) throw new InvalidInputError(`${name} is too large for a saved result`)
  return parseResult(await readFile(path, 'utf8'), name)
}

async function fromStore(name: string, context: Context): Promise<EvaluationResult | undefined> {
  if (!NAME.test(name)) return undefined
  if (context.remote) return read(ownFile(name, context), name)
  const store = await context.store()
  const row = await store
    .read<EvaluationTables>(context.tenant)
    .selectFrom('rag_evaluations')
    .select('result')
    .where('name', '=', name)
    .executeTakeFirst()
  return row?.result
}
