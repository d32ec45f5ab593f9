/**
 * Networks which are not part of the public internet: this host, private and shared networks, link-local ones (where
 * clouds serve credentials), documentation, benchmarks, multicast, and IPv6 ranges that embed IPv4 addresses.
 * Source: the IANA special-purpose address registries (RFC 6890) for IPv4 and IPv6.
 */
const SPECIAL_NETWORKS: readonly [network: string, prefix: number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

/** All addresses that are assigned for the public internet in IPv6 lie here (RFC 4291, section 2.4). */
const IPV6_GLOBAL_UNICAST: readonly [network: string, prefix: number] = ['2000::', 3]

const {BlockList, isIP} = process.getBuiltinModule('node:net')
const special = new BlockList()
for (const [network, prefix] of SPECIAL_NETWORKS)
  special.addSubnet(network, prefix, network.includes(':') ? 'ipv6' : 'ipv4')
const globalUnicast = new BlockList()
globalUnicast.addSubnet(...IPV6_GLOBAL_UNICAST, 'ipv6')

/**
 * Whether an IP address, in its usual notation, is one of the public internet. Whatever is no valid address, and every
 * IPv6 address that carries an IPv4 address inside, is not.
 */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !special.check(address, 'ipv4')
    case 6:
      return globalUnicast.check(address, 'ipv6') && !special.check(address, 'ipv6')
    default:
      return false
  }
}
