import type {Handler} from '@omni-ops/core/operation'
import type {detokenize} from '../operations/detokenize.ts'
import {Vault} from '../vault/vault.ts'

export const handle: Handler<typeof detokenize> = async ({tokens, reason}, context) => {
  const vault = await Vault.open(context)
  const revealed = await vault.detokenize(tokens, reason)
  return {
    values: revealed.map(({token, value}) => ({token, value: value ?? null})),
    missing: revealed.filter(({value}) => value === undefined).length,
  }
}
