import {createHash} from 'node:crypto'
import {canonicalJson} from '@omni-ops/core/audit'
import type {Context} from '@omni-ops/core/operation'
import type {TenantReader} from '@omni-ops/core/store'
import {WordingNotFoundError} from './errors.ts'
import type {ConsentTables} from './tables.ts'

/** The words in which people are asked for one purpose in one language. */
export interface Wording {
  readonly purpose: string
  /** BCP 47: `en`, `sl`. */
  readonly language: string
  /** 1, 2, 3 … for one purpose and language. */
  readonly version: number
  readonly hash: string
  readonly text: string
  readonly addedAt: string
}

/** SHA-256 in hexadecimal over the canonical JSON (RFC 8785) of language, purpose and text, exactly as it was shown. */
export function wordingHash({language, purpose, text}: Pick<Wording, 'language' | 'purpose' | 'text'>): string {
  return createHash('sha256').update(canonicalJson({language, purpose, text})).digest('hex')
}

/**
 * Makes a text the one that people are asked from now on. The text that is asked already stays the version it is. Who
 * consented to an earlier one has to be asked again.
 */
export async function addWording(
  context: Context,
  given: Pick<Wording, 'language' | 'purpose' | 'text'>,
): Promise<Wording & {readonly added: boolean}> {
  const {purpose, language, text} = given
  const hash = wordingHash(given)
  const store = await context.store()
  const audit = ({version, added}: {version: number; added: boolean}) => ({
    action: 'consent_wording.added',
    resource: `consent_wording:${purpose}/${language}`,
    details: {version, hash, added},
  })
  return store.unit(context, {audit}, async unit => {
    const database = unit.database<ConsentTables>()
    const current = await currentWording(database, purpose, language)
    if (current?.hash === hash) return {...current, added: false}
    const wording = {
      ...given,
      version: (current?.version ?? 0) + 1,
      hash,
      addedAt: context.clock.now().toISOString(),
    }
    await database
      .insertInto('privacy_consent_wordings')
      .values({purpose, language, version: wording.version, hash, text, added_at: wording.addedAt})
      .execute()
    return {...wording, added: true}
  })
}

/** Every text that was ever asked, the newest of each purpose and language first. */
export async function listWordings(context: Context, purpose: string | undefined): Promise<Wording[]> {
  let query = (await context.store())
    .read<ConsentTables>(context.tenant)
    .selectFrom('privacy_consent_wordings')
    .selectAll()
    .orderBy('purpose')
    .orderBy('language')
    .orderBy('version', 'desc')
  if (purpose !== undefined) query = query.where('purpose', '=', purpose)
  return (await query.execute()).map(({added_at: addedAt, ...row}) => ({...row, addedAt}))
}

/** The text that people are asked, now or at a time. */
export async function currentWording(
  database: TenantReader<ConsentTables>,
  purpose: string,
  language: string,
  at?: string,
): Promise<Wording | undefined> {
  let query = database
    .selectFrom('privacy_consent_wordings')
    .selectAll()
    .where('purpose', '=', purpose)
    .where('language', '=', language)
    .orderBy('version', 'desc')
    .limit(1)
  if (at !== undefined) query = query.where('added_at', '<=', at)
  const row = await query.executeTakeFirst()
  return row && {...row, addedAt: row.added_at}
}

/**
 * The text that somebody saw: the one with a hash, or the current one.
 * @throws WordingNotFoundError where there is none
 */
export async function shownWording(
  database: TenantReader<ConsentTables>,
  {purpose, language, hash}: {readonly purpose: string; readonly language: string; readonly hash: string | undefined},
): Promise<Wording> {
  const hint = `omni gdpr consent wording add ${purpose} "I agree that …" --language ${language}`
  if (hash === undefined) {
    const current = await currentWording(database, purpose, language)
    if (current !== undefined) return current
    throw new WordingNotFoundError(`Nothing says in ${language} what is asked for the purpose ${purpose}`, {hint})
  }
  const row = await database
    .selectFrom('privacy_consent_wordings')
    .selectAll()
    .where('hash', '=', hash)
    .where('purpose', '=', purpose)
    .executeTakeFirst()
  if (row !== undefined) return {...row, addedAt: row.added_at}
  throw new WordingNotFoundError(`No wording of the purpose ${purpose} has the hash ${hash}`, {hint})
}
