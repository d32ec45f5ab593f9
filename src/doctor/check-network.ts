import type {Context} from '../operation/context.ts'
import type {Finding} from '../operation/plugin.ts'
import {proxyUrl, shownProxy} from '../net/outgoing-proxies.ts'

/** How long a proxy may take to accept a connection, in milliseconds. */
const patience = 3_000

/** Whether the proxies that requests go out through are there; nothing is asked through them, and without any nothing is told. */
export async function checkNetwork({settings}: Context): Promise<readonly Finding[]> {
  const addressOf = (scheme: string) => settings.get(`network.${scheme}_proxy`) as string | undefined
  const users = Map.groupBy(['https', 'http'], addressOf)
  users.delete(undefined)
  const none = settings.get('network.no_proxy') as string | undefined
  const exceptions = none === undefined ? '' : `, but for ${none}`
  return Promise.all(
    [...users].map(async ([address = '', schemes]): Promise<Finding> => {
      const failure = await connectionFailure(address)
      const message = `${schemes.join(' and ')} through ${shownProxy(address)}${exceptions}`
      if (failure === undefined) return {name: 'proxy', status: 'ok', message}
      return {
        name: 'proxy',
        status: 'problem',
        message: `${message}, which does not answer (${failure})`,
        fix: `check ${schemes.map(scheme => `network.${scheme}_proxy`).join(' and ')}, where \`omni config list --show-origin\` says it is set`,
      }
    }),
  )
}

/** Why nothing takes a connection there. */
async function connectionFailure(address: string): Promise<string | undefined> {
  const {hostname, port, protocol} = proxyUrl(address)!
  const {connect} = process.getBuiltinModule('node:net')
  const host = hostname.replace(/^\[|\]$/g, '')
  const socket = connect({host, port: Number(port) || (protocol === 'https:' ? 443 : 80), timeout: patience})
  try {
    return await new Promise(resolve => {
      socket.once('connect', () => resolve(undefined))
      socket.once('timeout', () => resolve(`nothing in ${patience / 1000} s`))
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    })
  } finally {
    socket.destroy()
  }
}
