import {Agent, ProxyAgent, setGlobalDispatcher} from 'undici'
import {proxyOf} from './use-proxies.ts'

/** Has Node's `fetch` go through the proxies; what none is for goes as it did. */
export function setDispatcher(): void {
  // Node's own speaks HTTP/1.1.
  const settings = {allowH2: false}
  const agents = new Map<string, ProxyAgent>()
  const agentOf = (uri: string): ProxyAgent => {
    const agent = agents.get(uri) ?? new ProxyAgent({...settings, uri})
    agents.set(uri, agent)
    return agent
  }
  setGlobalDispatcher(
    new Agent(settings).compose(dispatch => (options, handler) => {
      const proxy = proxyOf(new URL(String(options.origin)))
      return proxy === undefined ? dispatch(options, handler) : agentOf(proxy.url.href).dispatch(options, handler)
    }),
  )
}
