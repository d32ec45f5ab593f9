import {hkdfSync} from 'node:crypto'
import {type Context, InvalidInputError, NotConfiguredError} from '@omni-ops/core/operation'

const shortestSecret = 32

/** No key is set with which to protect what is kept, or to derive pseudonyms from. */
export class NoPrivacyKeyError extends NotConfiguredError {
  override readonly code = 'no_privacy_key'
}

/** The key is too short to protect anything. */
export class WeakPrivacyKeyError extends InvalidInputError {
  override readonly code = 'weak_privacy_key'
}

/**
 * The 32 bytes for one purpose, derived from the secret setting `privacy.key` with HKDF-SHA-256 (RFC 5869): what knows the
 * key of one purpose, such as one recipient's pseudonyms, knows nothing of another's.
 * Throws NoPrivacyKeyError, WeakPrivacyKeyError.
 */
export function privacyKey(context: Pick<Context, 'settings' | 'tenant'>, purpose: string): Buffer {
  const secret = context.settings.get('privacy.key')
  if (typeof secret !== 'string') {
    throw new NoPrivacyKeyError('This needs a secret key, and privacy.key is not set', {
      hint: 'make one with `openssl rand -base64 32` and set OMNI_PRIVACY_KEY, or OMNI_PRIVACY_KEY_FILE to a file that holds it',
    })
  }
  return derivePrivacyKey(secret, context.tenant, purpose)
}

/** As {@link privacyKey}, from a secret at hand. Throws WeakPrivacyKeyError. */
export function derivePrivacyKey(secret: string, tenant: string, purpose: string): Buffer {
  const trimmed = secret.trim()
  if (trimmed.length < shortestSecret) {
    throw new WeakPrivacyKeyError(`A privacy key needs at least ${shortestSecret} characters`, {
      hint: 'make one with `openssl rand -base64 32`',
    })
  }
  return Buffer.from(hkdfSync('sha256', trimmed, '', `omni privacy\0${tenant}\0${purpose}`, 32))
}
