import type {VirtualKey} from '../keys/virtual-keys.ts'

export function virtualKeyOut({key, targets, rpm, tpm}: VirtualKey) {
  const {id, name, prefix, tenant, status, scopes, created_at, expires_at} = key
  return {id, name, prefix, tenant, status, scopes, targets: [...targets], rpm, tpm, created_at, expires_at}
}
