import {join} from 'node:path'
import type {Context} from '@omni-ops/core/operation'

/** Where a tenant's indices are: one LanceDB directory per tenant, so that nothing is shared. */
export function indexDirectory({directories, tenant}: Pick<Context, 'directories' | 'tenant'>): string {
  return join(directories.data, 'rag', tenant)
}
