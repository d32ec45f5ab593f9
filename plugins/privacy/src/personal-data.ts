import type {Context} from '@omni-ops/core/operation'
import type {PersonalStore} from '@omni-ops/core/privacy'
import {subjectTokens} from './vault/subject-tokens.ts'

/** The domain's places that are not plain rows: what the vault holds is encrypted. */
export async function openPersonalStores(context: Context): Promise<readonly PersonalStore[]> {
  return [subjectTokens(context)]
}
