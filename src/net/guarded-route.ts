import type {RequestOptions} from 'node:http'
import {type AddressRules, fixedLookup, type HostAddresses, hostAddresses} from './host-address.ts'
import type {OutgoingProxy} from './outgoing-proxies.ts'
import {isPrivateName} from './private-name.ts'
import {proxyAgent} from './proxy-agent.ts'
import {isPublicAddress} from './public-address.ts'
import {proxyOf} from './use-proxies.ts'

/** How a URL that a stranger gave is reached: at addresses that were checked, through a proxy, or not at all. */
export type GuardedRoute = HostAddresses | {readonly proxy: OutgoingProxy}

/** How long a name is looked up here that the proxy will look up again, in milliseconds. */
const patience = 2_000

/**
 * The way to a URL's host under rules about addresses. Without a proxy, see {@link hostAddresses}: the connection goes to
 * an address that was checked.
 *
 * A proxy takes names and looks them up itself, so that nothing here can hold a name to an address. What it reaches is for
 * those who run it to limit; refused here is all that can be told from here: addresses that the rules refuse, names that
 * only a private network has, and names of which this machine finds such an address. A name that it does not know, as is
 * usual where only the proxy knows the internet, is left to the proxy.
 *
 * @throws what resolving the name throws, where there is no proxy
 */
export async function guardedRoute(url: URL, rules: AddressRules = {}): Promise<GuardedRoute> {
  const proxy = proxyOf(url)
  if (proxy === undefined) return hostAddresses(url, rules)
  const hostname = url.hostname.replace(/^\[|\]$/g, '')
  const isAllowed = rules.isAllowed ?? isPublicAddress
  const isLiteral = process.getBuiltinModule('node:net').isIP(hostname) !== 0
  if (!isLiteral && !isAllowed(somePrivateAddress) && isPrivateName(hostname)) return {refused: hostname}
  const found = await knownHere(url, rules)
  return found !== undefined && 'refused' in found ? found : {proxy}
}

/** Rules that let this one through let private names through. */
const somePrivateAddress = '10.0.0.1'

async function knownHere(url: URL, rules: AddressRules): Promise<HostAddresses | undefined> {
  const {setTimeout: delay} = process.getBuiltinModule('node:timers/promises')
  const late = new AbortController()
  try {
    return await Promise.race([
      hostAddresses(url, rules).catch(() => undefined),
      delay(patience, undefined, {signal: late.signal}),
    ])
  } finally {
    late.abort()
  }
}

/** What `request` needs to go that way and no other, on a connection of its own: a pooled one may lead elsewhere. */
export function connectionBy(
  route: Exclude<GuardedRoute, {readonly refused: string}>,
  protocol: string,
): Pick<RequestOptions, 'agent' | 'lookup'> {
  if ('proxy' in route) return {agent: proxyAgent(route.proxy, protocol)}
  return {agent: false, lookup: fixedLookup(route.allowed)}
}
