import {EntryTooLongError} from './errors.js'

/**
 * Writes an entry into the tenant's book. Row and audit entry are committed together or not at all; the store adds the
 * tenant to every query.
 *
 * @param {{guest: string, words: string}} entry
 * @param {import('@omni-ops/core/operation').Context} context
 * @throws {EntryTooLongError}
 */
export async function signBook({guest, words}, context) {
  const longest = /** @type {number} */ (context.settings.get('guestbook.longest'))
  if (words.length > longest) {
    throw new EntryTooLongError(`The entry has ${words.length} characters, and ${longest} are allowed`, {
      hint: 'say it in fewer words, or raise guestbook.longest',
    })
  }
  const entry = {id: context.random.id(), guest, words, signed_at: context.clock.now().toISOString()}
  const store = await context.store()
  const audit = {action: 'guestbook.signed', resource: `guestbook:${entry.id}`}
  const entries = await store.unit(context, {audit}, async unit => {
    const database = unit.database()
    await database.insertInto('guestbook_entries').values(entry).execute()
    const {count} = await database
      .selectFrom('guestbook_entries')
      .select(({fn}) => fn.countAll().as('count'))
      .executeTakeFirstOrThrow()
    return Number(count)
  })
  return {entry, entries}
}
