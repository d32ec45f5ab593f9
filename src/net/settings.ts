import * as z from 'zod'
import type {SettingDeclaration} from '../operation/plugin.ts'
import {proxyUrl, shownProxy} from './outgoing-proxies.ts'

const proxyAddress = () =>
  z
    .string()
    .refine(text => proxyUrl(text) !== null, 'must be a proxy as http://host:port or https://host:port, and no SOCKS')

const shown = (value: unknown) => shownProxy(String(value))

/** How requests leave the network; docs/network.md. In lower case first, as curl and Node read them. */
export const networkSettings: readonly SettingDeclaration[] = [
  {
    name: 'network.https_proxy',
    description: 'The proxy that https addresses are asked through',
    schema: proxyAddress,
    env: ['https_proxy', 'HTTPS_PROXY'],
    shown,
  },
  {
    name: 'network.http_proxy',
    description: 'The proxy that http addresses are asked through',
    schema: proxyAddress,
    env: ['http_proxy', 'HTTP_PROXY'],
    shown,
  },
  {
    name: 'network.no_proxy',
    description: 'Hosts, domains and networks that are reached without a proxy, separated by commas; * for all',
    schema: () => z.string(),
    env: ['no_proxy', 'NO_PROXY'],
  },
]
