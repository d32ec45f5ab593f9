import type {TLSSocket} from 'node:tls'
import type {KeyRow} from '../keys/key-ring.ts'
import type {KeyVerifier} from '../keys/key-verifier.ts'
import {certificateEntry} from './certificate-entry.ts'
import type {AppRequest} from './entrance.ts'
import {headerOf} from './header.ts'
import {type Authenticate, type Credentials, UnauthenticatedError} from './identity.ts'

/** What is known of the certificate that a client showed and somebody verified. */
export interface ClientCertificate {
  /** SHA-256 of the certificate's DER, 64 digits in hexadecimal. */
  readonly fingerprint?: string
  /** The distinguished name of its subject, as the proxy writes it. */
  readonly subject?: string
}

/** Tells which certificate a request came with. */
export type ReadCertificate = (request: AppRequest) => ClientCertificate | undefined

/**
 * Reads the header that a proxy sets for a certificate it has verified, and removes from what clients send: a SHA-256
 * fingerprint (HAProxy's `%[ssl_c_der,sha2(256),hex]`), a subject (nginx's `$ssl_client_s_dn`), or Envoy's
 * x-forwarded-client-cert, whose last element is of the proxy next to us
 * (https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-client-cert).
 */
export function certificateFromHeader(name: string): ReadCertificate {
  const lowerName = name.toLowerCase()
  return request => {
    const value = headerOf(request, lowerName)?.trim()
    return value ? certificateOf(value) : undefined
  }
}

/** Reads what TLS verified on the connection itself. */
export const certificateFromSocket: ReadCertificate = request => {
  const {incoming} = (request.env ?? {}) as {incoming?: {socket?: Partial<TLSSocket>}}
  const socket = incoming?.socket
  if (socket?.authorized !== true) return undefined
  const fingerprint = socket.getPeerCertificate?.().fingerprint256
  return fingerprint === undefined ? undefined : {fingerprint: plainFingerprint(fingerprint)}
}

/** The names of Envoy's fields. No distinguished name begins with one, so that no subject can pass for a fingerprint. */
const envoyField = /^(by|hash|cert|chain|subject|uri|dns)=/i

function certificateOf(value: string): ClientCertificate {
  const plain = plainFingerprint(value)
  if (/^[0-9a-f]{64}$/.test(plain)) return {fingerprint: plain}
  return envoyField.test(value) ? certificateOfEnvoy(value) : {subject: value}
}

function certificateOfEnvoy(value: string): ClientCertificate {
  const fields = new Map(
    lastElement(value).map(field => {
      const at = field.indexOf('=')
      return [field.slice(0, at).toLowerCase(), unquoted(field.slice(at + 1))]
    }),
  )
  const [hash, subject] = [fields.get('hash'), fields.get('subject')]
  return {...(hash ? {fingerprint: plainFingerprint(hash)} : {}), ...(subject ? {subject} : {})}
}

/** The `Key=Value` fields of the last element: semicolons part fields and commas elements, save within quotes. */
function lastElement(value: string): string[] {
  const pieces: readonly string[] = value.match(/(?:"(?:\\.|[^"\\])*"|[^",;])+|[,;]/g) ?? []
  const from = pieces.lastIndexOf(',') + 1
  return pieces.slice(from).filter(piece => piece !== ';')
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text
}

function plainFingerprint(text: string): string {
  return text.replaceAll(':', '').toLowerCase()
}

/** Which certificate stands for which key, by fingerprint or subject. */
export function certificateKeys(setting: string | undefined): ReadonlyMap<string, string> {
  const entries = (setting ?? '').split(';').flatMap((entry): [string, string][] => {
    const [, name = '', prefix = ''] = certificateEntry.exec(entry) ?? []
    const plain = plainFingerprint(name)
    return name === '' ? [] : [[/^[0-9a-f]{64}$/.test(plain) ? plain : name, prefix]]
  })
  return new Map(entries)
}

/**
 * Identifies senders by certificates: each stands for an API key, with its tenant, scopes, end and revocation.
 * @throws UnauthenticatedError
 */
export function authenticateByCertificate(
  keys: Pick<KeyVerifier, 'byPrefix'>,
  prefixes: ReadonlyMap<string, string>,
  identify: (row: KeyRow | undefined) => ReturnType<Authenticate>,
): Authenticate {
  return async (credentials: Credentials) => {
    const {fingerprint = '', subject = ''} = credentials.certificate?.() ?? {}
    const prefix = prefixes.get(fingerprint) ?? prefixes.get(subject)
    if (prefix === undefined) {
      throw new UnauthenticatedError('The certificate stands for no key', {
        hint: 'add it to the setting server.client_certificates, or send an API key',
      })
    }
    return identify(await keys.byPrefix(prefix))
  }
}
