import {readFile} from 'node:fs/promises'
import type {FederatedCredentials} from './google-credentials.ts'
import {ProviderFailure} from '../model/provider-failure.ts'
import {type FailureSource, networkFailure} from './failure-classification.ts'
import {type AccessToken, answeredText, exchangedToken, tokenGrant} from './token-exchange.ts'

/**
 * The access token for who is known elsewhere: its token from there is exchanged for one of Google's (RFC 8693,
 * https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token), and that for one of a service account where the
 * credentials say so (https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken).
 *
 * @throws ProviderFailure, and what `exchangedToken` throws
 */
export async function federatedToken(
  credentials: FederatedCredentials,
  scope: string,
  source: FailureSource,
  limit: number,
): Promise<AccessToken> {
  const {audience, tokenType, tokenUrl, impersonationUrl} = credentials
  const subject = await subjectToken(credentials, source, limit)
  const discreet = hiding(source, subject)
  const request = tokenGrant(tokenUrl, {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    subject_token_type: tokenType,
    subject_token: subject,
    audience,
    scope,
  })
  const federated = await exchangedToken(request, discreet, limit)
  if (impersonationUrl === undefined) return federated
  return exchangedToken(
    {
      url: impersonationUrl,
      method: 'POST',
      headers: {
        authorization: `Bearer ${federated.text}`,
        'content-type': 'application/json',
        accept: 'application/json',
        'user-agent': 'omni',
      },
      body: JSON.stringify({scope: [scope], lifetime: '3600s'}),
    },
    hiding(discreet, federated.text),
    limit,
  )
}

function hiding(source: FailureSource, secret: string): FailureSource {
  return {...source, secrets: [...source.secrets, secret]}
}

/** Of the file or the address that the credentials name; read anew each time, because it is replaced before it ends. */
async function subjectToken(
  {origin, field}: FederatedCredentials,
  source: FailureSource,
  limit: number,
): Promise<string> {
  const text =
    'file' in origin
      ? await fileText(origin.file, source)
      : await answeredText({url: origin.url, method: 'GET', headers: origin.headers}, source, limit)
  const token = field === undefined ? text.trim() : fieldOf(text, field)
  if (token !== undefined && token !== '') return token
  throw noSubject('there is no token to exchange where the credentials for Google Cloud say', source)
}

async function fileText(path: string, source: FailureSource): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    throw noSubject(`the token that the credentials for Google Cloud name cannot be read (${code})`, source)
  }
}

function noSubject(what: string, source: FailureSource): ProviderFailure {
  const {facts} = networkFailure(what, false, source)
  return new ProviderFailure({...facts, class: 'auth', hint: 'check credential_source in the file of the credentials'})
}

function fieldOf(text: string, field: string): string | undefined {
  try {
    const value = (JSON.parse(text) as Record<string, unknown>)[field]
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
