import {hkdfSync} from 'node:crypto'
import {access} from 'node:fs/promises'
import {join} from 'node:path'
import type {Context} from '../operation/context.ts'
import {FailureError, NotConfiguredError} from '../operation/errors.ts'
import {keyFromFile} from '../seal/key-file.ts'
import type {Store} from '../store/store.ts'
import {erasureDirectory} from './tombstone-file.ts'

/** Servers that share a database need one erasure key, and none is set; or the file with it cannot be used. */
export class NoErasureKeyError extends NotConfiguredError {
  override readonly code = 'no_erasure_key'
}

/** The erasure key cannot be read or made. */
export class ErasureKeyFileError extends FailureError {
  override readonly code = 'erasure_key_file'
}

const keyBytes = 32

export type ErasureKeyContext = Pick<Context, 'settings' | 'directories' | 'profile' | 'workingDirectory' | 'random'>

/**
 * The key under which erasures are remembered: the setting, or on SQLite the file beside their list.
 * @param make whether a missing file is made; not where something was remembered under the key that is gone.
 * @throws NoErasureKeyError, ErasureKeyFileError
 */
export async function erasureKey(
  {dialect}: Pick<Store, 'dialect'>,
  context: ErasureKeyContext,
  {make}: {readonly make: boolean},
): Promise<Buffer> {
  const secret = context.settings.get('erasure.key')
  if (typeof secret === 'string') return derived(secret.trim())
  if (dialect === 'postgres') {
    throw new NoErasureKeyError('People were or are to be erased here, and erasure.key is not set', {
      hint: 'it is a secret that all servers share: make one with `openssl rand -base64 32` and set OMNI_ERASURE_KEY, or OMNI_ERASURE_KEY_FILE to a file that holds it',
    })
  }
  const path = join(erasureDirectory(context), 'erasure.key')
  if (!make && !(await exists(path))) {
    throw new ErasureKeyFileError(
      `People were erased here, and the key by which they are recognised is gone: ${path}`,
      {
        hint: 'put the file back from where it was, or from a backup of it',
      },
    )
  }
  const key = await keyFromFile(path, context.random).catch((cause: unknown) => {
    throw new ErasureKeyFileError(`The erasure key cannot be kept in ${path}: ${(cause as Error).message}`, {cause})
  })
  if (key !== undefined) return derived(key)
  throw new ErasureKeyFileError(`${path} holds no key`, {hint: 'put the file back from a backup'})
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function derived(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'omni erasures', keyBytes))
}
