import type {Handler} from '@omni-ops/core/operation'
import {secondsOf, type tokenize} from '../operations/tokenize.ts'
import {Vault} from '../vault/vault.ts'

export const handle: Handler<typeof tokenize> = async ({values, domain, mode, ttl_days: days}, context) => {
  const vault = await Vault.open(context)
  const tokens = await vault.tokenize(values, {
    domain,
    mode,
    ...(days === undefined ? {} : {timeToLive: secondsOf(days)}),
  })
  return {tokens: tokens.map(({token, expiresAt}) => ({token, expires_at: expiresAt}))}
}
