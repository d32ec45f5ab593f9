import type {Settings} from '../config/settings.ts'
import {DeniedError, InvalidInputError} from '../operation/errors.ts'
import {type AddressRules, guardedRoute} from '../net/index.ts'

/** What is to be called is no URL that webhooks go to. */
export class InvalidTargetError extends InvalidInputError {
  override readonly code = 'invalid_target'
}

/** The target lies in a private network, or on this machine. */
export class PrivateTargetError extends DeniedError {
  override readonly code = 'private_target'
}

/** Where webhooks may go. */
export interface TargetRules extends AddressRules {
  readonly allowHttp: boolean
}

/** The rules of the setting: the public internet by TLS, or anywhere. */
export function targetRules(settings: Settings): TargetRules {
  return settings.get('webhooks.allow_private_targets') === true
    ? {allowHttp: true, isAllowed: () => true}
    : {allowHttp: false}
}

const openHint = 'the server allows it with the setting webhooks.allow_private_targets'

/**
 * A target as it is kept. Throws InvalidTargetError unless it is https, or http where that is allowed, without
 * credentials, which would be shown in every list, and without a fragment, which is never sent.
 */
export function parseTarget(text: string, {allowHttp}: TargetRules): URL {
  const url = URL.parse(text)
  if (url === null) throw new InvalidTargetError(`${text} is no URL`, {hint: 'write https://host/path'})
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new InvalidTargetError(`Webhooks go to https, not to ${url.protocol}`)
  }
  if (url.protocol === 'http:' && !allowHttp) {
    throw new InvalidTargetError('Webhooks go to https alone, as they could be read on the way', {hint: openHint})
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidTargetError('A target must not hold a user name or a password', {
      hint: 'the receiver knows who sends by the signature',
    })
  }
  if (url.hash !== '') throw new InvalidTargetError('A target must not end in a fragment (#…)')
  return url
}

/**
 * Refuses a target that leads into a private network now, so that its owner is told at once; it is looked at again
 * before each attempt. @returns whether its name is known at all. Throws PrivateTargetError.
 */
export async function checkTarget(url: URL, rules: TargetRules): Promise<boolean> {
  const route = await guardedRoute(url, rules).catch(() => undefined)
  if (route === undefined) return false
  if ('proxy' in route) return true
  if ('allowed' in route) return route.allowed.length > 0
  throw new PrivateTargetError(`${url.host} leads to ${route.refused}, which is no address of the public internet`, {
    hint: openHint,
  })
}
