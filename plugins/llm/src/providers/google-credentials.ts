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
  | FederatedCredentials
  | {
      /** Of the machine of Google Cloud that this runs on. */
      readonly kind: 'metadata-server'
      readonly host: string
      readonly project: undefined
      readonly secrets: readonly []
    }

/** Somebody known elsewhere, whose tokens Google believes (workload identity federation). */
export interface FederatedCredentials {
  readonly kind: 'federated'
  /** The pool and its provider. */
  readonly audience: string
  readonly tokenType: string
  readonly tokenUrl: string
  readonly origin: {readonly file: string} | {readonly url: string; readonly headers: Readonly<Record<string, string>>}
  /** In which the token is, where what is found there is JSON. */
  readonly field: string | undefined
  /** Of a service account that asks in its place. */
  readonly impersonationUrl: string | undefined
  readonly project: undefined
  readonly secrets: readonly string[]
}

const googleTokenUrl = 'https://oauth2.googleapis.com/token'

/** Where tokens are given: Google's, or an address of a private network. Secrets go there, hence never in the clear. */
const tokenUrl = z
  .url()
  .refine(url => url.startsWith('https://') || isLoopbackAddress(url), 'must begin with https://')
  .default(googleTokenUrl)

const text = z.string().min(1)

/** How the token stands in a file or an answer: as it is, or in a field of JSON. */
const tokenFormat = z.union([
  z.object({type: z.literal('text')}).optional(),
  z.object({type: z.literal('json'), subject_token_field_name: text}),
])

const tokenHeaders = z.record(z.string(), z.string()).default({})

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
    z.object({
      type: z.literal('external_account'),
      audience: text,
      subject_token_type: text,
      token_url: tokenUrl,
      service_account_impersonation_url: tokenUrl.unwrap().optional(),
      credential_source: z.union(
        [
          z.object({file: text, format: tokenFormat}),
          z.object({url: z.url(), headers: tokenHeaders, format: tokenFormat}),
        ],
        {error: 'must be a file or a url'},
      ),
    }),
  ],
  {error: 'must be service_account, authorized_user or external_account'},
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
  if (file.type === 'external_account') {
    const {credential_source: from} = file
    const {format} = from
    return {
      kind: 'federated',
      audience: file.audience,
      tokenType: file.subject_token_type,
      tokenUrl: file.token_url,
      origin: 'file' in from ? {file: from.file} : {url: from.url, headers: from.headers},
      field: format?.type === 'json' ? format.subject_token_field_name : undefined,
      impersonationUrl: file.service_account_impersonation_url,
      project: undefined,
      secrets: 'file' in from ? [] : Object.values(from.headers).filter(value => value.length >= leastSecret),
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

/** Shorter values of headers are words such as `true`, and no secrets. */
const leastSecret = 16

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
