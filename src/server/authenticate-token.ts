import type {createRemoteJWKSet, JWTPayload} from 'jose'
import {InvalidInputError, NotConfiguredError} from '../operation/errors.ts'
import type {Settings} from '../config/settings.ts'
import {type Authenticate, type Identity, UnauthenticatedError} from './identity.ts'
import {bearerToken} from './authenticate.ts'

type KeySet = ReturnType<typeof createRemoteJWKSet>

/** How tokens of an identity provider are checked and what they give. */
export interface TokenTrust {
  readonly issuer: string
  readonly audience: string
  readonly algorithms: readonly string[]
  /** Dotted path of the claim that lists a person's roles. */
  readonly rolesClaim: string
  readonly tenantClaim: string
  readonly groupsClaim: string
  readonly scopesOfRole: ReadonlyMap<string, readonly string[]>
  /** Where the provider's keys are; found by OpenID Connect Discovery where it is not said. */
  readonly jwksUrl: string | undefined
}

/** The identity provider cannot be asked for its keys. */
export class IdentityProviderError extends NotConfiguredError {
  override readonly code = 'identity_provider'
}

/** The trust that the settings describe; undefined where no issuer is set. @throws InvalidInputError for half of one */
export function tokenTrustFrom(settings: Settings): TokenTrust | undefined {
  const text = (name: string) => settings.get(`server.jwt.${name}`) as string | undefined
  const issuer = text('issuer')
  if (issuer === undefined) return undefined
  const audience = text('audience')
  if (audience === undefined) {
    throw new InvalidInputError('server.jwt.issuer is set, and server.jwt.audience is not', {
      hint: 'set it to what the provider writes into aud for this server: any other token of the provider would do otherwise',
    })
  }
  return {
    issuer,
    audience,
    algorithms: (text('algorithms') ?? '').split(',').map(each => each.trim()),
    rolesClaim: text('roles_claim') ?? '',
    tenantClaim: text('tenant_claim') ?? '',
    groupsClaim: text('groups_claim') ?? '',
    scopesOfRole: scopesByRole(text('role_scopes') ?? ''),
    jwksUrl: text('jwks_url'),
  }
}

/** `reader=rag:read audit:read; admin=*` */
function scopesByRole(text: string): ReadonlyMap<string, readonly string[]> {
  const entries = text.split(';').flatMap((entry): [string, readonly string[]][] => {
    const [role = '', scopes = ''] = entry.split('=').map(part => part.trim())
    return role === '' ? [] : [[role, scopes.split(/\s+/).filter(scope => scope !== '')]]
  })
  return new Map(entries)
}

/**
 * Identifies people by JSON Web Tokens of one issuer, for one audience, signed with one of the listed algorithms
 * (RFC 8725, sections 3.1, 3.8 and 3.9: neither the token's own choice of algorithm nor another service's audience is
 * trusted). Keys come from the issuer and are kept; an unknown key id asks again, at most every 30 s.
 */
export async function authenticateByToken(trust: TokenTrust): Promise<Authenticate> {
  const {jwtVerify, errors} = await import('jose')
  let keys: Promise<KeySet> | undefined

  return async ({authorization}) => {
    const token = bearerToken(authorization)
    keys ??= keySetOf(trust)
    // A provider that was away is asked again by the next request.
    keys.catch(() => (keys = undefined))
    try {
      const {payload} = await jwtVerify(token, await keys, {
        issuer: trust.issuer,
        audience: trust.audience,
        algorithms: [...trust.algorithms],
        clockTolerance: 30,
        requiredClaims: ['sub', 'exp'],
      })
      return identityOf(payload, trust)
    } catch (error) {
      if (error instanceof errors.JWKSTimeout) throw new IdentityProviderError('The identity provider does not answer')
      if (!(error instanceof errors.JOSEError)) throw error
      throw new UnauthenticatedError('The token is not valid', {hint: 'get a new one from the identity provider'})
    }
  }
}

async function keySetOf({issuer, jwksUrl}: TokenTrust): Promise<KeySet> {
  const {createRemoteJWKSet} = await import('jose')
  const address = jwksUrl ?? (await discoveredKeys(issuer))
  return createRemoteJWKSet(new URL(address), {cooldownDuration: 30_000, cacheMaxAge: 600_000, timeoutDuration: 5_000})
}

/** OpenID Connect Discovery 1.0, section 4: the document names the issuer that was asked, and where its keys are. */
async function discoveredKeys(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  try {
    const response = await fetch(url, {signal: AbortSignal.timeout(5_000), redirect: 'error'})
    const document = (await response.json()) as {issuer?: unknown; jwks_uri?: unknown}
    if (document.issuer !== issuer || typeof document.jwks_uri !== 'string')
      throw new Error('it describes another issuer')
    return document.jwks_uri
  } catch (error) {
    throw new IdentityProviderError(`${url} cannot be used: ${(error as Error).message}`, {
      hint: 'check server.jwt.issuer, or set server.jwt.jwks_url',
      cause: error,
    })
  }
}

function identityOf(payload: JWTPayload, trust: TokenTrust): Identity {
  const tenants = textsAt(payload, trust.tenantClaim)
  const [tenant] = tenants
  if (tenant === undefined) {
    throw new UnauthenticatedError('The token names no tenant', {
      hint: `the provider must write it into the claim ${trust.tenantClaim}`,
    })
  }
  const scopes = textsAt(payload, trust.rolesClaim).flatMap(role => trust.scopesOfRole.get(role) ?? [])
  return {
    principal: {
      id: `user:${payload.sub}`,
      kind: 'user',
      scopes: scopes.includes('*') ? '*' : [...new Set(scopes)],
      groups: textsAt(payload, trust.groupsClaim),
    },
    tenant,
    tenants,
  }
}

/** The text or texts of a claim, which may lie in others: `realm_access.roles`. */
function textsAt(payload: JWTPayload, path: string): string[] {
  const whole: unknown = Object.hasOwn(payload, path) ? payload[path] : undefined
  const value =
    whole ??
    path
      .split('.')
      .reduce<unknown>(
        (each, name) =>
          typeof each === 'object' && each !== null && Object.hasOwn(each, name)
            ? (each as Record<string, unknown>)[name]
            : undefined,
        payload,
      )
  return [value].flat().filter(each => typeof each === 'string')
}
