import type {Context, Remote} from '../operation/context.ts'
import type {Finding} from '../operation/plugin.ts'
import {whoami} from '../profile/operations/whoami.ts'
import {doctor} from './operation.ts'

/** Whether the profile's deployment answers and takes the key, and what it finds of itself where the key may ask. */
export async function checkDeployment(context: Context & {readonly remote: Remote}): Promise<readonly Finding[]> {
  const {remote} = context
  const {principal, tenant, scopes} = await context.invoke(whoami, {})
  const rights = scopes.includes('*') ? 'every right' : scopes.join(', ')
  const key: Finding =
    scopes.length > 0
      ? {name: 'deployment key', status: 'ok', message: `${principal} in tenant ${tenant}, with ${rights}`}
      : {
          name: 'deployment key',
          status: 'warning',
          message: `${principal} in tenant ${tenant} has no rights`,
          fix: 'ask for a key with scopes, such as rag:read',
        }
  return [
    {name: 'deployment', status: 'ok', message: `omni ${remote.version ?? 'of unknown version'} at ${remote.url}`},
    key,
    ...(await findingsThere(context)),
  ]
}

async function findingsThere(context: Context): Promise<Finding[]> {
  try {
    const {findings} = await context.invoke(doctor, {})
    return findings.map(finding => ({...finding, name: `deployment: ${finding.name}`}) as Finding)
  } catch (error) {
    const {message} = error as Error
    return [{name: 'deployment health', status: 'off', message, fix: 'a key with doctor:read may ask for it'}]
  }
}
