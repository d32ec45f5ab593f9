import {InvalidInputError} from '../operation/errors.ts'
import {KeyVerifier} from '../keys/key-verifier.ts'
import type {Runtime} from '../runtime.ts'
import {kyselyOver} from '../store/engine.ts'
import {systemOf} from '../store/system.ts'
import {createApp, type Mount} from './app.ts'
import {authenticateByKey, authenticateNobody} from './authenticate.ts'
import {listen} from './listen.ts'
import type {KeyDatabase} from '../keys/tables.ts'

export interface ServeOptions {
  readonly runtime: Runtime
  readonly host: string
  readonly port: number
  /** PEM texts of the server's own certificate and key. */
  readonly tls?: {readonly cert: string; readonly key: string}
  /** A proxy in front ends TLS and says where requests come from. */
  readonly behindProxy: boolean
  /** Lets everybody in who reaches the address, with all rights. Only on loopback. */
  readonly noAuthentication: boolean
  readonly mounts?: readonly Mount[]
}

/** A server at work. */
export interface RunningServer {
  readonly url: string
  /** Whether somebody could come in: there is an active key, or none is needed. */
  readonly reachable: boolean
  /** Answers what is under way and ends. */
  stop(): Promise<void>
}

/** What was asked for would let strangers in, or read along. */
export class UnsafeListenError extends InvalidInputError {
  override readonly code = 'unsafe_listen'
}

/** How long requests may take to end after the server was told to. */
export const drainMs = 20_000

/** Starts to serve every operation. @throws UnsafeListenError, ListenError, CertificateError, and what opens the store */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const {runtime, noAuthentication, behindProxy, host} = options
  assertSafe(options)
  const store = await runtime.store()
  const keys = new KeyVerifier({store: runtime.store, clock: runtime.clock, log: runtime.log})
  const app = createApp({
    operations: await runtime.registry.operations(),
    runtime,
    behindProxy,
    authenticate: noAuthentication ? authenticateNobody(runtime.tenant) : authenticateByKey(keys),
    ...(options.mounts ? {mounts: options.mounts} : {}),
  })
  const listener = await listen({
    fetch: app.fetch as never,
    host,
    port: options.port,
    ...(options.tls ? {tls: options.tls} : {}),
  })
  const {engine} = systemOf(store)
  const anyKey = await kyselyOver<KeyDatabase>(engine)
    .selectFrom('omni_api_keys')
    .select('id')
    .where('revoked_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return {
    url: listener.url,
    reachable: noAuthentication || anyKey !== undefined,
    async stop() {
      await listener.drain(drainMs)
      await keys.settle()
    },
  }
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|::1)$/

/** Beyond this machine, keys and answers travel only with TLS, by us or by a proxy; without keys nothing goes there. */
function assertSafe({host, tls, behindProxy, noAuthentication}: ServeOptions): void {
  if (loopback.test(host)) return
  if (noAuthentication) {
    throw new UnsafeListenError(`Without authentication the server listens on this machine alone, not on ${host}`, {
      hint: 'leave out --insecure-no-auth and make a key with `omni keys create`',
    })
  }
  if (tls || behindProxy) return
  throw new UnsafeListenError(`On ${host} keys and documents would travel unencrypted`, {
    hint: 'give --tls-cert and --tls-key, or --behind-proxy where a proxy ends TLS',
  })
}
