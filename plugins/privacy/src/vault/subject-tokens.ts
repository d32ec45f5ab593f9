import type {Context} from '@omni-ops/core/operation'
import {
  IdentifierSearch,
  type KeepReason,
  keepReason,
  type PersonalRecord,
  type PersonalStore,
  type Subject,
} from '@omni-ops/core/privacy'
import {Vault} from './vault.ts'
import type {VaultTables} from './tables.ts'

const place = {store: 'sql', table: 'privacy_tokens'} as const
const tokensPerUnit = 100

/** The values in the vault that name the subject: each is opened and looked at. Without the key the vault is unreachable. */
export function subjectTokens(context: Context): PersonalStore {
  async function* locate(subject: Subject): AsyncGenerator<PersonalRecord> {
    const search = new IdentifierSearch(subject)
    const vault = await Vault.open(context)
    for await (const {token, domain, value, createdAt: at} of vault.values()) {
      const matchedBy = [
        ...new Set([
          ...search.mentionedIn(value),
          // A value is often nothing but an identifier, and then any kind of one is telling.
          ...subject.identities.filter(identity => search.matching(identity.kind, value).includes(identity)),
        ]),
      ]
      if (matchedBy.length === 0) continue
      yield {
        ...place,
        key: JSON.stringify([token]),
        at,
        fields: {token, domain, sealed: value},
        matchedBy,
        match: 'identity',
      }
    }
  }
  return {
    ...place,
    locate,
    async erase(subject, decisions) {
      const kept: ({readonly key: string} & KeepReason)[] = []
      const going: string[] = []
      for await (const record of locate(subject)) {
        const reason = keepReason(record, decisions)
        if (reason === undefined) going.push(String(record.fields.token))
        else kept.push({key: record.key, ...reason})
      }
      const store = await context.store()
      for (let from = 0; from < going.length; from += tokensPerUnit) {
        const tokens = going.slice(from, from + tokensPerUnit)
        const audit = {action: 'personal-data.erased', resource: 'table:privacy_tokens', details: {rows: tokens.length}}
        await store.unit(context, {audit}, async unit => {
          await unit.database<VaultTables>().deleteFrom('privacy_tokens').where('token', 'in', tokens).execute()
        })
      }
      return {...place, found: going.length + kept.length, erased: going.length, kept, verified: true, state: 'done'}
    },
  }
}
