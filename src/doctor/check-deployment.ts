import type {Context, Remote} from '../operation/context.ts'
import type {Finding} from '../operation/plugin.ts'
import {whoami} from '../profile/operations/whoami.ts'

/** Whether the profile's deployment answers and takes the key. */
export async function checkDeployment(context: Context & {readonly remote: Remote}): Promise<readonly Finding[]> {
  const {remote} = context
  const {principal, tenant, scopes} = await context.invoke(whoami, {})
  const rights = scopes.includes('*') ? 'every right' : scopes.join(', ')
  return [
    {name: 'deployment', status: 'ok', message: `omni ${remote.version ?? 'of unknown version'} at ${remote.url}`},
    scopes.length > 0
      ? {name: 'deployment key', status: 'ok', message: `${principal} in tenant ${tenant}, with ${rights}`}
      : {
          name: 'deployment key',
          status: 'warning',
          message: `${principal} in tenant ${tenant} has no rights`,
          fix: 'ask for a key with scopes, such as rag:read',
        },
  ]
}
