import type {Context as HonoContext} from 'hono'
import type {Context} from '../operation/context.ts'
import {InvalidInputError} from '../operation/errors.ts'
import type {Operation} from '../operation/operation.ts'
import type {Runtime} from '../runtime.ts'
import type {UnitWitness} from '../store/unit.ts'
import {clientAddress} from './client-address.ts'
import type {ReadCertificate} from './client-certificate.ts'
import {headerOf} from './header.ts'
import {type Credentials, enterTenant, type Identity} from './identity.ts'
import type {RateState} from './rate-limit.ts'
import {tenantField} from './request-input.ts'
import type {Trace} from './trace.ts'

/** What the app remembers of a request while it answers. */
export interface AppEnvironment {
  Variables: {
    trace: Trace
    version: string
    /** Known once the sender is. */
    identity?: Identity
    tenant?: string
    rate?: RateState
    /** The operation, or the name of another route. */
    route?: string
  }
}

export type AppRequest = HonoContext<AppEnvironment>

/** A request that was let in. */
export interface Visit {
  readonly identity: Identity
  readonly tenant: string
  /** The context of one operation for this request; `invoke` checks scopes with it. */
  context(
    operation: Pick<Operation, 'id'>,
    call?: {
      readonly signal?: AbortSignal
      readonly emit?: Context['emit']
      readonly witness?: UnitWitness | undefined
    },
  ): Context
}

/** Lets requests in. */
export interface Entrance {
  /**
   * Who sends the request, by its header `Authorization` or by what it shows in that one's place.
   * @throws UnauthenticatedError
   */
  identify(request: AppRequest, authorization?: string): Promise<Identity>
  /** The request in its tenant: of the header, as the input names it, or the identity's own. @throws TenantDeniedError */
  admit(request: AppRequest, identity: Identity, named?: string): Visit
}

/** A request names one tenant in the header and another in the input. */
export class TenantContradictionError extends InvalidInputError {
  override readonly code = 'tenant_contradiction'
}

/** Tells who sends a request, and how much of their quota is used. @throws UnauthenticatedError, RateLimitedError */
export type Enter = (
  credentials: Credentials,
) => Promise<{readonly identity: Identity; readonly rate?: RateState | undefined}>

export interface EntranceOptions {
  readonly runtime: Pick<Runtime, 'context'>
  readonly enter: Enter
  /** A proxy in front of the server says where requests come from. */
  readonly behindProxy?: boolean
  /** Without it certificates let nobody in. */
  readonly readCertificate?: ReadCertificate
}

export function entrance({runtime, enter, behindProxy = false, readCertificate}: EntranceOptions): Entrance {
  return {
    identify: async (request, authorization = headerOf(request, 'authorization')) => {
      const entered = enter({
        authorization,
        address: () => clientAddress(request, behindProxy),
        certificate: readCertificate && (() => readCertificate(request)),
      })
      const {identity, rate} = await entered
      if (rate) request.set('rate', rate)
      request.set('identity', identity)
      request.set('tenant', identity.tenant)
      return identity
    },
    admit: (request, identity, named) => {
      const header = headerOf(request, 'x-tenant-id')
      if (header !== undefined && named !== undefined && header !== named) {
        throw new TenantContradictionError(`X-Tenant-ID and ${tenantField} name different tenants`)
      }
      const tenant = enterTenant(identity, header ?? named)
      request.set('tenant', tenant)
      const {principal} = identity
      return {
        identity,
        tenant,
        context: (operation, {signal = request.req.raw.signal, emit = () => {}, witness} = {}) =>
          runtime.context({
            tenant,
            principal,
            operation: operation.id,
            signal,
            emit,
            ...(witness ? {witness} : {}),
          }),
      }
    },
  }
}
