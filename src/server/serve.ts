import {mkdir} from 'node:fs/promises'
import {setTimeout as delay} from 'node:timers/promises'
import {InvalidInputError} from '../operation/errors.ts'
import {JobQueue} from '../jobs/job-queue.ts'
import {JobWorker} from '../jobs/job-worker.ts'
import {keyChanges} from '../keys/key-changes.ts'
import {KeyVerifier} from '../keys/key-verifier.ts'
import type {Runtime} from '../runtime.ts'
import {ScheduleWorker} from '../schedules/schedule-worker.ts'
import {systemOf} from '../store/system.ts'
import type {Attempt} from '../webhooks/webhook-sender.ts'
import {WebhookWorker} from '../webhooks/webhook-worker.ts'
import {AccessLog} from './access-log.ts'
import {createApp, type Mount} from './app.ts'
import {authenticateByKey, authenticateNobody, bearerToken, identifyByKey} from './authenticate.ts'
import {authenticateByToken, tokenTrustFrom} from './authenticate-token.ts'
import {clientAddress} from './client-address.ts'
import {
  authenticateByCertificate,
  certificateFromHeader,
  certificateFromSocket,
  certificateKeys,
  type ReadCertificate,
} from './client-certificate.ts'
import {Gate} from './gate.ts'
import {healthMount} from './health.ts'
import {IdempotentAnswers} from './idempotent-answers.ts'
import type {Authenticate} from './identity.ts'
import {listen} from './listen.ts'
import {assertLocal, loopback} from './local-request.ts'
import {type Metrics, serverMetrics} from './metrics.ts'
import {OutboxWorker} from './outbox-worker.ts'
import {rateLimits} from './rate-limit.ts'
import {surfaces} from './surfaces.ts'

export interface ServeOptions {
  readonly runtime: Runtime
  readonly host: string
  readonly port: number
  /** PEM texts of the server's own certificate and key. */
  readonly tls?: {readonly cert: string; readonly key: string; readonly clientCa?: string}
  /** A proxy in front ends TLS and says where requests come from. */
  readonly behindProxy: boolean
  /** Where the proxy says which client certificate it has verified. Believed of a proxy alone. */
  readonly clientCertificateHeader?: string
  /** Lets everybody in who reaches the address, with all rights. Only on loopback. */
  readonly noAuthentication: boolean
  /** Where lines of the access log go; nowhere without it. */
  readonly writeAccessLog?: (text: string) => void
  readonly mounts?: readonly Mount[]
}

/** A server at work. */
export interface RunningServer {
  readonly url: string
  /** Whether somebody could come in: there is a key, a provider of identities, or none is needed. */
  readonly reachable: boolean
  /** Answers what is under way and ends. */
  stop(): Promise<void>
}

/** What was asked for would let strangers in, or read along. */
export class UnsafeListenError extends InvalidInputError {
  override readonly code = 'unsafe_listen'
}

/** How long requests may take to end after the server was told to, in milliseconds. */
export const drainMs = 20_000

/**
 * Starts to serve every operation, and to run jobs.
 * @throws UnsafeListenError, ListenError, CertificateError, and what opens the store
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const {runtime, noAuthentication, behindProxy} = options
  assertSafe(options)
  const store = await runtime.store()
  // With rows in PostgreSQL nothing has made it yet, and without it the server would never be ready.
  await mkdir(runtime.directories.data, {recursive: true})
  const operations = await runtime.registry.operations()
  const keys = new KeyVerifier({...runtime, changes: await keyChanges(runtime)})
  const limits = await rateLimits(runtime.settings.get('database_url') as string | undefined, runtime.clock)
  const trust = noAuthentication ? undefined : tokenTrustFrom(runtime.settings)
  const byCertificate = authenticateByCertificate(
    keys,
    certificateKeys(runtime.settings.get('server.client_certificates') as string | undefined),
    identifyByKey(),
  )
  const gate = new Gate({
    runtime,
    limits,
    requestsPerMinute: runtime.settings.get('server.requests_per_minute') as number,
    authenticate: noAuthentication
      ? authenticateNobody(runtime.tenant)
      : authenticateByAny({
          byKey: authenticateByKey(keys),
          byToken: trust ? await authenticateByToken(trust) : undefined,
          byCertificate,
        }),
  })
  const metrics = serverMetrics(runtime.version)
  const accessLog = options.writeAccessLog
    ? new AccessLog({write: options.writeAccessLog, now: runtime.clock.now})
    : undefined
  const queue = new JobQueue(runtime)
  const concurrency = runtime.settings.get('server.jobs') as number
  const worker = new JobWorker({
    queue,
    runtime,
    concurrency,
    operations: new Map(operations.map(operation => [operation.id, operation])),
  })
  const schedules = new ScheduleWorker({runtime, wake: () => worker.wake()})
  const webhooks = webhooksOf(runtime, metrics)
  let draining = false
  const ending = new AbortController()
  const app = createApp({
    operations,
    runtime,
    behindProxy,
    ...certificateReader(options),
    bodyLimit: (runtime.settings.get('server.body_limit_mb') as number) * 1024 * 1024,
    answers: new IdempotentAnswers(runtime),
    jobs: {queue, wake: () => worker.wake()},
    enter: credentials => gate.enter(credentials),
    mounts: [
      healthMount({runtime, metrics, draining: () => draining}),
      surfaces({
        topics: runtime.registry.topics(),
        streams: () => runtime.registry.streams(),
        allowDestructiveTools: runtime.settings.get('mcp.allow_destructive') === true,
        introspection: runtime.settings.get('graphql.introspection') === true,
      }),
      ...(options.mounts ?? []),
    ],
    pluginMounts: await runtime.registry.mounts(),
    ending: ending.signal,
    onRefusal: (request, error) =>
      gate.record({
        error,
        identity: request.get('identity'),
        tenant: request.get('tenant'),
        address: clientAddress(request, behindProxy),
        route: request.get('route') ?? 'none',
        requestId: request.get('trace').requestId,
      }),
    onAnswer: (request, status, milliseconds) => {
      metrics.answered(request.get('route') ?? 'none', request.req.method, status, milliseconds / 1000)
      accessLog?.note(request, status, milliseconds)
    },
    ...(noAuthentication ? {acceptRequest: assertLocal} : {}),
  })
  const listener = await listen({
    fetch: app.fetch as never,
    host: options.host,
    port: options.port,
    ...(options.tls ? {tls: options.tls} : {}),
  })
  if (concurrency > 0) {
    worker.start()
    schedules.start()
  }
  webhooks?.start()
  const anyKey = await systemOf(store)
    .database.selectFrom('omni_api_keys')
    .select('id')
    .where('revoked_at', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return {
    url: listener.url,
    reachable: noAuthentication || trust !== undefined || anyKey !== undefined,
    async stop() {
      draining = true
      await delay((runtime.settings.get('server.drain_delay_seconds') as number) * 1000)
      ending.abort()
      await Promise.all([listener.drain(drainMs), schedules.stop(), worker.stop(), webhooks?.stop()])
      await keys.settle()
      await limits.close()
      accessLog?.flush()
    },
  }
}

/** What takes events out of the outbox and sends them, unless this server is told to leave that to others. */
function webhooksOf(runtime: Runtime, metrics: Metrics): {start(): void; stop(): Promise<void>} | undefined {
  const atOnce = runtime.settings.get('webhooks.at_once') as number
  if (atOnce === 0) return undefined
  const onAttempt = ({error}: Attempt) => metrics.attempted(error ?? 'delivered')
  const webhooks = new WebhookWorker({runtime, atOnce, onAttempt})
  const outbox = new OutboxWorker({
    ...runtime,
    worker: runtime.random.id(),
    deliver: events => webhooks.accept(events),
  })
  return {
    start() {
      outbox.start()
      webhooks.start()
    },
    async stop() {
      await outbox.stop()
      await webhooks.stop()
    },
  }
}

function certificateReader({tls, clientCertificateHeader}: ServeOptions): {readCertificate?: ReadCertificate} {
  if (clientCertificateHeader !== undefined) return {readCertificate: certificateFromHeader(clientCertificateHeader)}
  return tls?.clientCa === undefined ? {} : {readCertificate: certificateFromSocket}
}

/** Keys of ours begin with `omni_`; everything else is a token. A certificate counts where there is neither. */
function authenticateByAny({
  byKey,
  byToken,
  byCertificate,
}: {
  readonly byKey: Authenticate
  readonly byToken: Authenticate | undefined
  readonly byCertificate: Authenticate
}): Authenticate {
  return credentials => {
    const {authorization} = credentials
    if (authorization === undefined)
      return credentials.certificate?.() ? byCertificate(credentials) : byKey(credentials)
    return byToken === undefined || bearerToken(authorization).startsWith('omni_')
      ? byKey(credentials)
      : byToken(credentials)
  }
}

/** Beyond this machine, keys and answers travel only with TLS, by us or by a proxy; without keys nothing goes there. */
function assertSafe({host, tls, behindProxy, noAuthentication, clientCertificateHeader}: ServeOptions): void {
  if (clientCertificateHeader !== undefined && !behindProxy) {
    throw new UnsafeListenError('Without a proxy everybody could write the header of a certificate', {
      hint: 'give --behind-proxy, or --tls-client-ca where this server itself ends TLS',
    })
  }
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
