import {createPrivateKey, type KeyObject} from 'node:crypto'
import {isLoopbackAddress} from '@omni-ops/core/net'
import * as z from 'zod'
import {ProviderNotConfiguredError} from './not-configured-error.ts'

/** As whom Google Cloud is asked. */
export type GoogleCredentials =
  | {
      readonly kind: 'service-account'
      readonly email: string
      readonly key: KeyObject
      readonly keyId: string | undefined
      readonly tokenUrl: string
      readonly project: string | undefined
      readonly secrets: readonly string[]
    }
  | {
      readonly kind: 'user'
      readonly clientId: string
      readonly clientSecret: string
      readonly refreshToken: string
      readonly tokenUrl: string
      /** Whose quota is used: a person has none. */
      readonly project: string | undefined
      readonly secrets: readonly string[]
    }
  | {
      /** Of the machine of Google Cloud that this runs on. */
      readonly kind: 'metadata-server'
      readonly host: string
      readonly project: undefined
      readonly secrets: readonly []
    }

const googleTokenUrl = 'https://oauth2.googleapis.com/token'

/** Where tokens are given: Google's, or an address of a private network. Secrets go there, hence never in the clear. */
const tokenUrl = z
  .url()
  .refine(url => url.startsWith('https://') || isLoopbackAddress(url), 'must begin with https://')
  .default(googleTokenUrl)

const text = z.string().min(1)

/** The formats that Google Cloud's console and `gcloud` write, as far as they are used. */
const credentialsFile = z.discriminatedUnion(
  'type',
  [
    z.object({
      type: z.literal('service_account'),
      client_email: text,
      private_key: text,
      private_key_id: text.optional(),
      project_id: text.optional(),
      token_uri: tokenUrl,
    }),
    z.object({
      type: z.literal('authorized_user'),
      client_id: text,
      client_secret: text,
      refresh_token: text,
      quota_project_id: text.optional(),
      token_uri: tokenUrl,
    }),
  ],
  {error: 'must be service_account or authorized_user'},
)

/** Whether a secret is credentials as JSON, and not an API key. */
export function isCredentialsFile(secret: string): boolean {
  return secret.trimStart().startsWith('{')
}

/**
 * Reads the key of a service account, or what `gcloud auth application-default login` leaves behind.
 *
 * @throws ProviderNotConfiguredError for what is neither; nothing of the text is repeated
 */
export function googleCredentials(json: string): GoogleCredentials {
  const parsed = credentialsFile.safeParse(parsedJson(json))
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({path, message}) => `${path.join('.') || 'the file'}: ${message}`)
    throw unusable(fields.join('; '))
  }
  const file = parsed.data
  if (file.type === 'authorized_user') {
    return {
      kind: 'user',
      clientId: file.client_id,
      clientSecret: file.client_secret,
      refreshToken: file.refresh_token,
      tokenUrl: file.token_uri,
      project: file.quota_project_id,
      secrets: [file.client_secret, file.refresh_token],
    }
  }
  return {
    kind: 'service-account',
    email: file.client_email,
    key: privateKey(file.private_key),
    keyId: file.private_key_id,
    tokenUrl: file.token_uri,
    project: file.project_id,
    secrets: [file.private_key],
  }
}

function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw unusable('they are not valid JSON')
  }
}

function privateKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType === 'rsa') return key
  } catch {
    // What OpenSSL says of it may show parts of it.
  }
  throw unusable('private_key: is no RSA key in PEM format')
}

function unusable(why: string): ProviderNotConfiguredError {
  return new ProviderNotConfiguredError(`The credentials for Google Cloud cannot be used: ${why}`, {
    hint: 'give the JSON of a service account’s key, or run `gcloud auth application-default login`',
  })
}
