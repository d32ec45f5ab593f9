import type {KeyRow} from '../keys/key-ring.ts'
import type {KeyVerifier} from '../keys/key-verifier.ts'
import {type Authenticate, type Identity, UnauthenticatedError} from './identity.ts'

/** RFC 6750, section 2.1: the scheme in any case, one space, the token of RFC 7235. */
const bearer = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i

/** The token of a header `Authorization: Bearer …`. @throws UnauthenticatedError for none and for other schemes */
export function bearerToken(authorization: string | undefined): string {
  const token = authorization === undefined ? undefined : bearer.exec(authorization)?.[1]
  if (token !== undefined) return token
  throw new UnauthenticatedError(
    authorization === undefined ? 'This needs an API key' : 'The header Authorization holds no bearer token',
    {hint: 'make a key with `omni keys create NAME --scopes …`, and send it as `Authorization: Bearer omni_…`'},
  )
}

/** Who has a key. @throws UnauthenticatedError where there is none */
export function identifyByKey(): (row: KeyRow | undefined) => Identity {
  // A row is the same object as long as it is remembered.
  const identities = new WeakMap<KeyRow, Identity>()
  return row => {
    if (row === undefined) {
      throw new UnauthenticatedError('The API key is not valid', {
        hint: 'it may be mistyped, expired or revoked; `omni keys list` shows which keys there are',
      })
    }
    const known = identities.get(row) ?? identityOf(row)
    identities.set(row, known)
    return known
  }
}

/** Identifies senders by API keys. */
export function authenticateByKey(keys: Pick<KeyVerifier, 'verify'>): Authenticate {
  const identify = identifyByKey()
  return ({authorization}) => {
    const row = keys.verify(bearerToken(authorization))
    return row instanceof Promise ? row.then(identify) : identify(row)
  }
}

function identityOf(row: KeyRow): Identity {
  const scopes = row.scopes.includes('*') ? '*' : row.scopes
  return {
    principal: {id: `key:${row.prefix}`, kind: 'key', scopes, groups: row.groups},
    tenant: row.tenant,
    tenants: row.tenants,
  }
}

/** Lets everybody in with all rights, as the owner of the machine: for a server that only this machine reaches. */
export function authenticateNobody(tenant: string): Authenticate {
  const identity: Identity = {principal: {id: 'local', kind: 'local', scopes: '*'}, tenant, tenants: '*'}
  return () => identity
}
