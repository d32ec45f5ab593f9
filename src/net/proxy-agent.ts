import type {Agent, AgentOptions} from 'node:http'
import type {Agent as SecureAgent} from 'node:https'
import {NotConfiguredError} from '../operation/errors.ts'
import type {OutgoingProxy} from './outgoing-proxies.ts'
import {proxyOf} from './use-proxies.ts'

/** Node's own agents have known proxies since then (https://nodejs.org/api/http.html#built-in-proxy-support). */
const leastNode = [24, 5] as const

/**
 * An agent for Node's `request` whose connections go through a proxy: a tunnel for `https:`, and whole URLs for `http:`
 * (RFC 9110, section 9.3.6; RFC 9112, section 3.2.2).
 *
 * @param protocol Of the URLs that are asked.
 * @throws NotConfiguredError where this Node would pass the proxy over
 */
export function proxyAgent(proxy: OutgoingProxy, protocol: string, options: AgentOptions = {}): Agent {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < leastNode[0] || (major === leastNode[0] && minor < leastNode[1])) {
    throw new NotConfiguredError(`Node ${process.version} cannot use a proxy`, {
      hint: `install Node ${leastNode.join('.')} or newer`,
    })
  }
  const {Agent} = process.getBuiltinModule(protocol === 'https:' ? 'node:https' : 'node:http')
  const {href} = proxy.url
  return new Agent({...options, proxyEnv: {http_proxy: href, https_proxy: href}})
}

/** As many as the agents that Amazon's clients make for themselves. */
const mostSockets = 50

/** The agents for Amazon's clients of a server, none where they reach it by themselves. */
export function proxiedAgents(server: URL): {readonly httpAgent?: Agent; readonly httpsAgent?: SecureAgent} {
  const proxy = proxyOf(server)
  if (proxy === undefined) return {}
  const agent = proxyAgent(proxy, server.protocol, {keepAlive: true, maxSockets: mostSockets})
  return server.protocol === 'https:' ? {httpsAgent: agent as SecureAgent} : {httpAgent: agent}
}
