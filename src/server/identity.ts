import type {Principal} from '../operation/context.ts'
import {DeniedError, ExitCode, OmniError} from '../operation/errors.ts'
import type {ClientCertificate} from './client-certificate.ts'
import {assertTenantName} from '../runtime.ts'

/** Who sends a request, and where they may act. */
export interface Identity {
  readonly principal: Principal
  /** Where a request acts that names no tenant. */
  readonly tenant: string
  /** Which others it may name. */
  readonly tenants: readonly string[] | '*'
}

/** What a request shows of its sender. */
export interface Credentials {
  /** The header `Authorization`, whole. */
  readonly authorization: string | undefined
  /**
   * Where the connection comes from. Asked for only when somebody is refused: it costs a call of the system. No
   * getter: one in an object literal gives every object a hidden class of its own, which holds the whole request until
   * the next major collection.
   */
  readonly address: () => string
  /** The client's certificate, where the server has been told how to know it. */
  readonly certificate?: (() => ClientCertificate | undefined) | undefined
}

/** Tells who sends a request, at once where nothing has to be asked. @throws UnauthenticatedError, in either way */
export type Authenticate = (credentials: Credentials) => Identity | Promise<Identity>

/** Nobody knows who this is: no credentials, or none that are valid. It never says which of the two parts was wrong. */
export class UnauthenticatedError extends OmniError {
  readonly code = 'unauthenticated'
  readonly exitCode = ExitCode.denied
  readonly httpStatus = 401
}

/** The tenant exists or not; this principal cannot find out. */
export class TenantDeniedError extends DeniedError {
  override readonly code = 'tenant_denied'
}

/**
 * The tenant that a request acts in.
 * @throws TenantDeniedError where the identity may not enter it; InvalidInputError for a name that is none
 */
export function enterTenant(identity: Identity, wanted: string | undefined): string {
  if (wanted === undefined || wanted === identity.tenant) return identity.tenant
  assertTenantName(wanted)
  if (identity.tenants === '*' || identity.tenants.includes(wanted)) return wanted
  throw new TenantDeniedError(`${identity.principal.id} may not act in tenant ${wanted}`, {
    hint: 'leave the tenant out, or use a key of that tenant',
    details: {tenant: wanted},
  })
}
