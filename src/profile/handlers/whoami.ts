import type {Handler} from '../../operation/operation.ts'
import type {whoami} from '../operations/whoami.ts'

export const handle: Handler<typeof whoami> = async (_, {principal, tenant}) => ({
  principal: principal.id,
  kind: principal.kind,
  tenant,
  scopes: principal.scopes === '*' ? ['*'] : [...principal.scopes],
})
