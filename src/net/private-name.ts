/**
 * Domains that are no part of the public internet: of this machine and the network around it (RFC 6761, 6762 with its
 * appendix G, 8375), and those that ICANN has reserved for such use or gives to nobody.
 */
const privateDomains =
  /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|private|corp|home|lan|mail|home\.arpa)$/

/** Whether a host name can only be one of a private network: what nobody outside may give a name, or a name without a dot. */
export function isPrivateName(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '').toLowerCase()
  return !name.includes('.') || privateDomains.test(name)
}
