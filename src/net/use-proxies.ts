import {refuseProject, type Settings} from '../config/settings.ts'
import {OutgoingProxies, type OutgoingProxy} from './outgoing-proxies.ts'

/** Nobody has said that there are any. */
const none = new OutgoingProxies({http: () => undefined, https: () => undefined, none: () => undefined})

let proxies = none

/** Which proxy this process asks a URL through. @throws InvalidSettingError where a setting says none that is one */
export function proxyOf(url: URL): OutgoingProxy | undefined {
  return proxies.proxyOf(url)
}

/**
 * Has this process go by the settings. A process has one network around it, and `fetch`, which the vendors' clients
 * call, has one way out for all of it: hence this is the process's, as it is in Node itself. Nothing is read or loaded
 * before the first request.
 */
export function useProxies(settings: Pick<Settings, 'effective'>): void {
  const text = (name: string) => () => {
    const setting = settings.effective(`network.${name}`)
    refuseProject(setting, 'write it into the profile: `omni config set` without --project')
    return setting.value as string | undefined
  }
  proxies = new OutgoingProxies({http: text('http_proxy'), https: text('https_proxy'), none: text('no_proxy')})
  routesFetch ||= routeFetch()
}

let routesFetch = false

/** Has the first `fetch` that finds proxies in the settings load what goes through them. */
function routeFetch(): true {
  const {fetch: send} = globalThis
  let routed: Promise<void> | undefined
  globalThis.fetch = async (input, init) => {
    if (routed === undefined && proxies.areThere) {
      routed = import('./fetch-by-proxy.ts').then(({setDispatcher}) => setDispatcher())
    }
    await routed
    return send(input, init)
  }
  return true
}
