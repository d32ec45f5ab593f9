import type {LookupFunction} from 'node:net'
import {isPublicAddress} from './public-address.ts'

/** Which machines may be connected to, and how their names are resolved. */
export interface AddressRules {
  /** Which IP addresses may be connected to; by default those of the public internet. */
  readonly isAllowed?: (address: string) => boolean
  /** All addresses of a host name; by default as the system resolves it. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>
}

/** What a host's name leads to: where one may connect, none for an unknown host; or an address that is not allowed. */
export type HostAddresses = {readonly allowed: readonly string[]} | {readonly refused: string}

/**
 * The addresses to connect to for a URL's host. All addresses of a host must be allowed: which one is used must not
 * matter. Together with {@link fixedLookup} a connection goes to what was checked and to nothing else, whatever the name
 * resolves to a moment later. Rejects where the name cannot be resolved, as `dns.lookup` does.
 */
export async function hostAddresses(url: URL, rules: AddressRules = {}): Promise<HostAddresses> {
  const hostname = url.hostname.replace(/^\[|\]$/g, '')
  const isLiteral = process.getBuiltinModule('node:net').isIP(hostname) !== 0
  const addresses = isLiteral ? [hostname] : await (rules.resolve ?? resolveBySystem)(hostname)
  const isAllowed = rules.isAllowed ?? isPublicAddress
  const refused = addresses.find(address => !isAllowed(address))
  return refused === undefined ? {allowed: addresses} : {refused}
}

/** A resolver for `http.request` that knows these addresses and asks nobody. */
export function fixedLookup(addresses: readonly string[]): LookupFunction {
  const known = addresses.map(address => ({address, family: address.includes(':') ? 6 : 4}))
  return (_hostname, {all}, callback) => {
    if (all) callback(null, known)
    else callback(null, known[0]?.address ?? '', known[0]?.family)
  }
}

async function resolveBySystem(hostname: string): Promise<readonly string[]> {
  const {lookup} = process.getBuiltinModule('node:dns/promises')
  return (await lookup(hostname, {all: true})).map(({address}) => address)
}
