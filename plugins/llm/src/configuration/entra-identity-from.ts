import type {Context} from '@omni-ops/core/operation'
import type {EntraIdentity} from '../providers/entra-identity.ts'

const publicAuthority = 'https://login.microsoftonline.com'
const metadataService = 'http://169.254.169.254'

/**
 * As whom this process asks Microsoft Entra, by the variables of Azure's own libraries and in their order: an application
 * with a secret, one of a cluster, the identity of an app, that of the machine
 * (https://learn.microsoft.com/azure/developer/javascript/sdk/authentication/credential-chains).
 */
export function entraIdentityFrom(settings: Context['settings']): EntraIdentity {
  const read = (name: string) => settings.get(`llm.azure_${name}`) as string | undefined
  const [tenant, clientId, secret] = [read('tenant_id'), read('client_id'), read('client_secret')]
  const authority = read('authority_host') ?? publicAuthority
  if (tenant !== undefined && clientId !== undefined) {
    if (secret !== undefined) return {kind: 'client-secret', authority, tenant, clientId, secret, secrets: [secret]}
    const tokenFile = read('federated_token_file')
    if (tokenFile !== undefined) return {kind: 'workload', authority, tenant, clientId, tokenFile, secrets: []}
  }
  const [endpoint, header] = [read('identity_endpoint'), read('identity_header')]
  if (endpoint !== undefined && header !== undefined) {
    return {kind: 'app-service', endpoint, header, clientId, secrets: [header]}
  }
  return {kind: 'virtual-machine', host: read('metadata_host') ?? metadataService, clientId, secrets: []}
}
