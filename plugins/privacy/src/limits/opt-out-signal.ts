import {type Context, InvalidInputError} from '@omni-ops/core/operation'
import type {GivenIdentity} from '@omni-ops/core/privacy'
import {givenIdentities} from '../requests/given-identities.ts'
import {limitsOf, listLimits, placeLimits} from './limits.ts'

export interface OptOutSignal {
  /** Of the request header `Sec-GPC`. */
  readonly header: string
  readonly browser?: string | undefined
  readonly device?: string | undefined
  /** A pseudonymous profile. */
  readonly profile?: string | undefined
  /** The consumer, where they are known. */
  readonly user?: string | undefined
}

/** A signal that belongs to nothing. */
export class UnboundSignalError extends InvalidInputError {
  override readonly code = 'ccpa_unbound_signal'
}

/**
 * Opts out whatever sent a Global Privacy Control signal: the browser or device, any pseudonymous profile of it, and the consumer
 * where they are known (11 CCR 7025(c)(1)); a browser that sent it before binds a consumer who becomes known on it. Anything but
 * `1` is no signal (Global Privacy Control, W3C: the header's value is 1 or it is to be ignored).
 * @returns what the opt-out holds for; nothing without a signal
 * @throws UnboundSignalError for a signal of nobody
 */
export async function takeSignal(signal: OptOutSignal, context: Context): Promise<GivenIdentity[]> {
  const senders: GivenIdentity[] = [
    ...(signal.browser === undefined ? [] : [{kind: 'browser' as const, value: signal.browser}]),
    ...(signal.device === undefined ? [] : [{kind: 'device' as const, value: signal.device}]),
    ...(signal.profile === undefined ? [] : [{kind: 'pseudonym' as const, value: signal.profile}]),
  ]
  const known = signal.user === undefined ? [] : givenIdentities({user: signal.user})
  if (senders.length === 0 && known.length === 0) {
    throw new UnboundSignalError('It is not said which browser, device, profile or consumer sent the signal', {
      hint: 'give --browser, --device, --profile-id or --user',
    })
  }
  const signalled = signal.header === '1' || (await optedOutBefore(senders, context))
  if (!signalled) return []
  const {kind, purposes} = limitsOf('opt_out', [])
  const identities = [...senders, ...known]
  const store = await context.store()
  const audit = {action: 'signal.taken', resource: 'privacy-limit', details: {bound: identities.length}}
  await store.unit(context, {audit}, unit => placeLimits({kind, purposes, identities, request: null}, unit, context))
  return identities
}

async function optedOutBefore(senders: readonly GivenIdentity[], context: Context): Promise<boolean> {
  const limits = await listLimits(context)
  return limits.some(
    ({kind, subject, liftedAt}) =>
      kind === 'opt_out' &&
      liftedAt === null &&
      senders.some(sender => sender.kind === subject.kind && sender.value === subject.value),
  )
}
