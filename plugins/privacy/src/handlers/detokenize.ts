import type {Handler} from '@omni-ops/core/operation'
import {processingLimits} from '@omni-ops/core/privacy'
import type {detokenize} from '../operations/detokenize.ts'
import {Vault} from '../vault/vault.ts'

export const handle: Handler<typeof detokenize> = async ({tokens, reason}, context) => {
  const vault = await Vault.open(context)
  const limits = await processingLimits(context, 'search')
  const revealed = await vault.detokenize(tokens, reason, value => limits.admits([value]))
  return {
    values: revealed.map(({token, value}) => ({token, value: value ?? null})),
    missing: revealed.filter(({value, withheld}) => value === undefined && !withheld).length,
    withheld: revealed.filter(({withheld}) => withheld).length,
  }
}
