import {createHmac} from 'node:crypto'
import type {Randomness} from '../operation/context.ts'

/** 256 bits; Standard Webhooks 1.0 asks for 192 to 512. */
const secretBytes = 32
const prefix = 'whsec_'

/** A new secret, as it is told to the receiver: `whsec_` and Base64. */
export function newSigningSecret(random: Pick<Randomness, 'bytes'>): string {
  return prefix + Buffer.from(random.bytes(secretBytes)).toString('base64')
}

/** What an event is told with, besides its body. */
export interface SignedHeaders {
  readonly 'webhook-id': string
  readonly 'webhook-timestamp': string
  readonly 'webhook-signature': string
}

/**
 * The headers of one attempt by Standard Webhooks 1.0, "Signature scheme": HMAC-SHA256 over `id.timestamp.body`, one
 * `v1` signature for each secret. Neither the id nor the time has a full stop, so that nobody can shift the borders.
 * @param now the time of the attempt, not of the event: the receiver refuses what is old
 */
export function signedHeaders(message: {
  readonly id: string
  readonly body: string
  readonly now: Date
  readonly secrets: readonly string[]
}): SignedHeaders {
  const {id, body, now, secrets} = message
  const timestamp = String(Math.floor(now.getTime() / 1000))
  const signatures = secrets.map(secret => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  })
  return {'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ')}
}
