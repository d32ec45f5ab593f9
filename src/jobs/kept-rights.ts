import type {Principal} from '../operation/context.ts'

/** A principal's rights, as they are kept with work that is done later in its name. */
export interface KeptRights {
  kind: string
  scopes: string[] | '*'
  groups: string[]
}

export function rightsOf({kind, scopes, groups = []}: Principal): KeptRights {
  return {kind, scopes: scopes === '*' ? scopes : [...scopes], groups: [...groups]}
}

/** Whoever asked for the work, with the rights they had then. */
export function principalOf({principal, rights}: {readonly principal: string; readonly rights: KeptRights}): Principal {
  return {id: principal, kind: rights.kind as Principal['kind'], scopes: rights.scopes, groups: rights.groups}
}
