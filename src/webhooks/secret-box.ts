import {hkdfSync} from 'node:crypto'
import {join} from 'node:path'
import type {Settings} from '../config/settings.ts'
import type {Directories, Randomness} from '../operation/context.ts'
import {FailureError, NotConfiguredError} from '../operation/errors.ts'
import {keyFromFile} from '../seal/key-file.ts'
import {seal, unseal} from '../seal/seal.ts'
import type {Store} from '../store/store.ts'

/** No key is set with which the secrets of endpoints can be kept. */
export class NoWebhookKeyError extends NotConfiguredError {
  override readonly code = 'no_webhook_key'
}

/** The file with the key cannot be read or made. */
export class WebhookKeyFileError extends FailureError {
  override readonly code = 'webhook_key_file'
}

export interface SecretBoxOptions {
  readonly settings: Settings
  readonly directories: Directories
  readonly random: Pick<Randomness, 'bytes'>
  readonly store: () => Promise<Store>
}

const fileName = 'webhooks.key'
const keyBytes = 32

/**
 * Keeps the secrets of endpoints so that the database alone, or a backup of it, does not tell them: sealed with a key
 * that comes from the setting `webhooks.key`, or on SQLite from a file beside the database that only its owner can read.
 */
export class SecretBox {
  readonly #secret: string
  readonly #random: Pick<Randomness, 'bytes'>

  private constructor(secret: string, random: Pick<Randomness, 'bytes'>) {
    this.#secret = secret
    this.#random = random
  }

  /** @throws NoWebhookKeyError on PostgreSQL without a setting; WebhookKeyFileError */
  static async open({settings, directories, random, store}: SecretBoxOptions): Promise<SecretBox> {
    await SecretBox.assertKeyed({settings, store})
    const secret = settings.get('webhooks.key')
    return new SecretBox(
      typeof secret === 'string' ? secret.trim() : await webhookKey(directories.data, random),
      random,
    )
  }

  /** Throws NoWebhookKeyError where there is no key, and several servers could not agree on one that is made. */
  static async assertKeyed({settings, store}: Pick<SecretBoxOptions, 'settings' | 'store'>): Promise<void> {
    if (typeof settings.get('webhooks.key') !== 'string' && (await store()).dialect === 'postgres') {
      throw new NoWebhookKeyError('Webhooks need a secret key that all servers share, and webhooks.key is not set', {
        hint: 'make one with `openssl rand -base64 32` and set OMNI_WEBHOOKS_KEY, or OMNI_WEBHOOKS_KEY_FILE to a file that holds it',
      })
    }
  }

  seal(secret: string, place: EndpointPlace): Buffer {
    return seal(this.#key(place), Buffer.from(secret, 'utf8'), associated(place), this.#random)
  }

  /** @throws UnsealError where the key is another or the row was changed */
  unseal(sealed: Uint8Array, place: EndpointPlace): string {
    return unseal(this.#key(place), sealed, associated(place)).toString('utf8')
  }

  #key({tenant}: EndpointPlace): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.#secret, '', `omni webhooks\0${tenant}`, keyBytes))
  }
}

/** Whose secret it is: it opens nowhere else. */
export interface EndpointPlace {
  readonly tenant: string
  readonly id: string
}

function associated({tenant, id}: EndpointPlace): string {
  return JSON.stringify(['omni_webhook_endpoints', 1, tenant, id])
}

/** The key in the data directory. */
async function webhookKey(directory: string, random: Pick<Randomness, 'bytes'>): Promise<string> {
  const path = join(directory, fileName)
  const key = await keyFromFile(path, random).catch((cause: unknown) => {
    throw new WebhookKeyFileError(`The key of webhooks cannot be kept in ${path}: ${(cause as Error).message}`, {cause})
  })
  if (key !== undefined) return key
  throw new WebhookKeyFileError(`${path} holds no key`, {
    hint: 'put the file back from a backup; without it give each endpoint a new secret: omni webhooks rotate-secret',
  })
}
