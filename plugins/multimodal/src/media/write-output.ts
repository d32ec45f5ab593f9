import {constants} from 'node:fs'
import {access, link, open, rename, rm, stat} from 'node:fs/promises'
import {basename, dirname, join, resolve} from 'node:path'
import {CancelledError, ConflictError, InvalidInputError, type Randomness} from '@omni-ops/core/operation'

/** A file of this name is there already. */
export class OutputExistsError extends ConflictError {
  override readonly code = 'output_exists'
}

/** A file cannot be written where it is asked for. */
export class UnwritableOutputError extends InvalidInputError {
  override readonly code = 'output_unwritable'
}

export interface OutputOptions {
  readonly workingDirectory: string
  /** Puts the new file in the place of an old one. */
  readonly force: boolean
  readonly signal: AbortSignal
  readonly random: Pick<Randomness, 'bytes'>
}

/**
 * Whether a file may be written, before anything is paid for what goes into it.
 * @throws OutputExistsError, UnwritableOutputError
 */
export async function assertWritable(
  path: string,
  {workingDirectory, force}: Pick<OutputOptions, 'workingDirectory' | 'force'>,
): Promise<void> {
  const target = resolve(workingDirectory, path)
  const found = await stat(target).catch(() => undefined)
  if (found && !found.isFile()) throw new UnwritableOutputError(`${path} is no file`)
  if (found && !force) throw exists(path)
  try {
    await access(dirname(target), constants.W_OK)
  } catch (error) {
    throw unwritable(path, error)
  }
}

/**
 * Writes a file that is there whole or not at all, whatever ends the program: under another name first, which becomes the
 * file's own when everything is on the disk. An old file is never lost without `force`, also where it came meanwhile.
 *
 * @throws OutputExistsError, UnwritableOutputError, CancelledError
 */
export async function writeOutput(path: string, bytes: Uint8Array, options: OutputOptions): Promise<void> {
  const target = resolve(options.workingDirectory, path)
  const suffix = Buffer.from(options.random.bytes(6)).toString('hex')
  const partial = join(dirname(target), `.${basename(target)}.${suffix}.partial`)
  try {
    await writeWhole(partial, bytes, options.signal)
    if (options.force) await rename(partial, target)
    else await appear(partial, target, path)
  } catch (error) {
    if (error instanceof OutputExistsError || error instanceof CancelledError) throw error
    throw options.signal.aborted ? new CancelledError() : unwritable(path, error)
  } finally {
    await rm(partial, {force: true})
  }
}

async function writeWhole(path: string, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  const file = await open(path, 'wx', 0o644)
  try {
    await file.writeFile(bytes, {signal})
    await file.sync()
  } finally {
    await file.close()
  }
  if (signal.aborted) throw new CancelledError()
}

/** A second name for the file is refused where the name is taken: looking first would leave a moment in between. */
async function appear(partial: string, target: string, path: string): Promise<void> {
  try {
    await link(partial, target)
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw exists(path)
    // Some file systems have no second names. What comes in between is then at risk.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error
    if (await stat(target).catch(() => undefined)) throw exists(path)
    await rename(partial, target)
  }
}

function exists(path: string): OutputExistsError {
  return new OutputExistsError(`${path} is there already`, {hint: 'name another file, or overwrite it with --force'})
}

function unwritable(path: string, cause: unknown): UnwritableOutputError {
  const {code, message} = cause as NodeJS.ErrnoException
  return new UnwritableOutputError(`${path} cannot be written: ${code ?? message}`, {cause})
}
