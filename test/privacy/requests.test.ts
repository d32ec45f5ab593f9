import {describe, expect, test} from 'vitest'
import privacy from '../../plugins/privacy/src/index.ts'
import {ccpaKnow} from '../../plugins/privacy/src/operations/ccpa-know.ts'
import {ccpaGpc} from '../../plugins/privacy/src/operations/ccpa-gpc.ts'
import {ccpaMetrics} from '../../plugins/privacy/src/operations/ccpa-metrics.ts'
import {ccpaOptOut} from '../../plugins/privacy/src/operations/ccpa-opt-out.ts'
import {ccpaCorrect} from '../../plugins/privacy/src/operations/ccpa-correct.ts'
import {gdprAccess} from '../../plugins/privacy/src/operations/gdpr-access.ts'
import {gdprErase} from '../../plugins/privacy/src/operations/gdpr-erase.ts'
import {gdprHoldPlace} from '../../plugins/privacy/src/operations/gdpr-hold-place.ts'
import {gdprHoldRelease} from '../../plugins/privacy/src/operations/gdpr-hold-release.ts'
import {gdprLimitLift} from '../../plugins/privacy/src/operations/gdpr-limit-lift.ts'
import {gdprNoticeLetter} from '../../plugins/privacy/src/operations/gdpr-notice-letter.ts'
import {gdprNoticeList} from '../../plugins/privacy/src/operations/gdpr-notice-list.ts'
import {gdprNoticeSettle} from '../../plugins/privacy/src/operations/gdpr-notice-settle.ts'
import {gdprObject} from '../../plugins/privacy/src/operations/gdpr-object.ts'
import {gdprPortability} from '../../plugins/privacy/src/operations/gdpr-portability.ts'
import {gdprRecipientsList} from '../../plugins/privacy/src/operations/gdpr-recipients-list.ts'
import {gdprRecipientsRecord} from '../../plugins/privacy/src/operations/gdpr-recipients-record.ts'
import {gdprRecipientsSet} from '../../plugins/privacy/src/operations/gdpr-recipients-set.ts'
import {gdprRectify} from '../../plugins/privacy/src/operations/gdpr-rectify.ts'
import {gdprRequestApprove} from '../../plugins/privacy/src/operations/gdpr-request-approve.ts'
import {gdprRequestCheckReceipt} from '../../plugins/privacy/src/operations/gdpr-request-check-receipt.ts'
import {gdprRequestDecide} from '../../plugins/privacy/src/operations/gdpr-request-decide.ts'
import {gdprRequestExtend} from '../../plugins/privacy/src/operations/gdpr-request-extend.ts'
import {gdprRequestItems} from '../../plugins/privacy/src/operations/gdpr-request-items.ts'
import {gdprRequestList} from '../../plugins/privacy/src/operations/gdpr-request-list.ts'
import {gdprRequestOpen} from '../../plugins/privacy/src/operations/gdpr-request-open.ts'
import {gdprRequestReceipt} from '../../plugins/privacy/src/operations/gdpr-request-receipt.ts'
import {gdprRequestRefuse} from '../../plugins/privacy/src/operations/gdpr-request-refuse.ts'
import {gdprRequestRun} from '../../plugins/privacy/src/operations/gdpr-request-run.ts'
import {gdprRequestShow} from '../../plugins/privacy/src/operations/gdpr-request-show.ts'
import {gdprRequestVerify} from '../../plugins/privacy/src/operations/gdpr-request-verify.ts'
import {gdprRestrict} from '../../plugins/privacy/src/operations/gdpr-restrict.ts'
import {gdprRetentionRun} from '../../plugins/privacy/src/operations/gdpr-retention-run.ts'
import core from '../../src/core-plugin.ts'
import {invoke, Registry} from '../../src/operation/index.ts'
import {comparePrivacy, processingLimits, readRealSchema} from '../../src/privacy/index.ts'
import type {Store} from '../../src/store/index.ts'
import {unitContext} from '../../src/testing/context.ts'
import {describeOnEachDatabase, type TestDatabases} from '../../src/testing/store.ts'
import {testContext} from '../../src/testing/test-context.ts'
import {fillShop, invoiceReason, Newsletter, shopPlugin, type ShopTables} from '../support/shop-plugin.ts'

const ana = 'ana@example.com'
const day = 24 * 60 * 60 * 1000
const ofOthers = /janez|kranjc|marko|horvat|zelena-lisica|999 888|555 777|I-2|C-1002/i

const settings = {
  'privacy.key': 'a secret of at least thirty-two characters',
  'erasure.key': 'another secret of at least thirty-two characters',
}

async function shop(databases: TestDatabases, newsletter?: Newsletter) {
  const registry = new Registry([core, privacy, shopPlugin(newsletter)])
  const store = await (await databases.create(await registry.migrations())).open()
  await fillShop(store)
  const context = testContext({store, registry, settings})
  return {store, context, registry}
}

/** Every row of every table but those that say that somebody looked. */
async function allRows(store: Store): Promise<string> {
  const rows: Record<string, unknown> = {}
  for (const {table} of await readRealSchema(store)) {
    if (!/^(shop|privacy)_/.test(table)) continue
    rows[table] = await store.read<Record<string, object>>('acme').selectFrom(table).selectAll().execute()
  }
  return JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
}

function customers(store: Store) {
  return store.read<ShopTables>('acme').selectFrom('shop_customers').selectAll().orderBy('id').execute()
}

describeOnEachDatabase('requests of data subjects', databases => {
  test('access gives everything of the person from every place, and nothing of others', async () => {
    const {context, store} = await shop(databases)
    await using _ = store
    const answer = await invoke(gdprAccess, {email: ana}, context)
    expect(answer.request).toMatchObject({state: 'closed', outcome: 'fulfilled', found: 4, waiting: null})
    expect(answer.items.map(({place}) => place).toSorted()).toEqual([
      'sql shop_customers',
      'sql shop_invoices',
      'sql shop_messages',
      'sql shop_visits',
    ])
    const given = JSON.stringify(answer.items)
    for (const own of [ana, '+386 40 123 456', 'tea drinker', '12.00', '/tea', 'I-1']) expect(given).toContain(own)
    expect(JSON.stringify(answer)).not.toMatch(ofOthers)
    expect(answer.terms.find(({place}) => place === 'sql shop_customers')).toMatchObject({
      purpose: 'To sell things',
      basis: 'contract',
      recipients: ['Carrier Ltd'],
    })
  })

  test('portability gives what the person provided on a contract, and nothing observed or inferred', async () => {
    const {context, store} = await shop(databases)
    await using _ = store
    const {items} = await invoke(gdprPortability, {email: ana}, context)
    expect(items.map(({place}) => place).toSorted()).toEqual(['sql shop_customers', 'sql shop_messages'])
    const given = JSON.stringify(items)
    expect(given).toContain('Ana Novak')
    expect(given).not.toMatch(/tea drinker|12\.00|\/tea/)
    expect(given).not.toMatch(ofOthers)
  })

  test('erasure erases what it may, keeps what a law requires, and signs what it did', async () => {
    const {context, store} = await shop(databases)
    await using _ = store
    const erased = await invoke(gdprErase, {user: ana}, context)
    expect(erased.request).toMatchObject({state: 'closed', outcome: 'partly_refused', found: 4, kept: 1})
    expect(erased.kept).toEqual([{reason: invoiceReason, citation: 'GDPR, Article 17(3)(b)', records: 1}])
    expect((await customers(store)).map(({id}) => id)).toEqual(['C-1002'])
    const messages = await store.read<ShopTables>('acme').selectFrom('shop_messages').select('id').execute()
    expect(messages).toEqual([{id: 'M-2'}])
    const signed = await invoke(gdprRequestReceipt, {request: erased.request?.id ?? ''}, context)
    expect(signed.receipt).toMatchObject({outcome: 'partly_refused', right: 'erasure', verification: 'operator'})
    const text = JSON.stringify(signed)
    expect(text).not.toContain(ana)
    expect(await invoke(gdprRequestCheckReceipt, {receipt: text}, context)).toMatchObject({valid: true, own: true})
    const forged = text.replace('partly_refused', 'fulfilled')
    expect(await invoke(gdprRequestCheckReceipt, {receipt: forged}, context)).toMatchObject({valid: false})
    const rows = JSON.parse(await allRows(store)) as Record<string, unknown[]>
    delete rows.shop_invoices
    expect(JSON.stringify(rows)).not.toContain(ana)
  })

  test('a dry run says what would happen, and no row changes', async () => {
    const {context, store} = await shop(databases)
    await using _ = store
    const before = await allRows(store)
    const rehearsed = await invoke(gdprErase, {user: ana, dry_run: true}, context)
    expect(rehearsed).toMatchObject({request: null, dry_run: true})
    expect(rehearsed.places.map(({place, found, kept}) => [place, found, kept])).toEqual([
      ['sql shop_customers', 1, 0],
      ['sql shop_invoices', 1, 1],
      ['sql shop_messages', 1, 0],
      ['sql shop_visits', 1, 0],
    ])
    expect(rehearsed.records.map(({place, match, decision}) => [place, match, decision])).toEqual([
      ['sql shop_customers', 'identity', 'erase'],
      ['sql shop_invoices', 'identity', 'keep'],
      ['sql shop_messages', 'identity', 'erase'],
      ['sql shop_visits', 'identity', 'erase'],
    ])
    expect(await allRows(store)).toBe(before)
  })

  test('nobody of that description is known: that is no fulfilled request', async () => {
    const {context, store} = await shop(databases)
    await using _ = store
    for (const operation of [gdprErase, gdprRestrict, gdprObject]) {
      const {request} = await invoke(operation, {user: 'nobody@example.com'}, context)
      expect([operation.id, request?.outcome]).toEqual([operation.id, 'not_found'])
      expect(operation.outcome?.({request, places: [], kept: [], records: [], dry_run: false})).toBe(5)
    }
    const {request, receipt} = await invoke(gdprAccess, {email: 'nobody@example.com'}, context)
    expect(request.outcome).toBe('not_found')
    expect(receipt?.receipt).toMatchObject({outcome: 'not_found'})
  })

  test('a place that is away makes it partial, and the same command goes on when it is back', async () => {
    const newsletter = new Newsletter()
    newsletter.addresses.add(ana)
    newsletter.away = true
    const {context, store} = await shop(databases, newsletter)
    await using _ = store
    const partial = await invoke(gdprErase, {user: ana}, context)
    expect(partial.request).toMatchObject({state: 'collecting', waiting: 'unreachable', unreachable: 1, outcome: null})
    expect(gdprErase.outcome?.(partial)).toBe(3)
    expect(await customers(store)).toHaveLength(2)
    newsletter.away = false
    const whole = await invoke(gdprErase, {user: ana}, context)
    expect(whole.request).toMatchObject({id: partial.request?.id, state: 'closed', outcome: 'partly_refused'})
    expect(newsletter.addresses.size).toBe(0)
  })

  test('a place that goes away between looking and erasing keeps the request executing', async () => {
    const newsletter = new Newsletter()
    newsletter.addresses.add(ana)
    const {context, store} = await shop(databases, newsletter)
    await using _ = store
    const opened = await invoke(gdprRequestOpen, {right: 'erasure', email: ana}, context)
    const request = opened.id
    await invoke(gdprRequestVerify, {request, method: 'account'}, context)
    await invoke(gdprRequestRun, {request}, context)
    await invoke(gdprRequestApprove, {request}, context)
    newsletter.away = true
    const partial = await invoke(gdprRequestRun, {request}, context)
    expect(partial.request).toMatchObject({state: 'executing', waiting: 'unreachable', outcome: null})
    expect(gdprRequestRun.outcome?.(partial)).toBe(3)
    newsletter.away = false
    expect((await invoke(gdprRequestRun, {request}, context)).request).toMatchObject({state: 'closed'})
    expect((await customers(store)).map(({id}) => id)).toEqual(['C-1002'])
  })

  test('a hold beats erasure, the person is told why, and later it can be erased', async () => {
    const {context, store} = await shop(databases)
    await using _ = store
    const {holds} = await invoke(
      gdprHoldPlace,
      {matter: 'Novak v. us, 2026/114', email: ana, place: 'sql shop_messages'},
      context,
    )
    const erased = await invoke(gdprErase, {user: ana}, context)
    expect(erased.kept).toContainEqual({
      reason: 'held for Novak v. us, 2026/114',
      citation: 'GDPR, Article 17(3)(e)',
      records: 1,
    })
    const messages = () => store.read<ShopTables>('acme').selectFrom('shop_messages').select('id').execute()
    expect(await messages()).toHaveLength(2)
    await invoke(gdprHoldRelease, {hold: holds[0]?.id ?? ''}, context)
    await invoke(gdprErase, {user: ana}, context)
    expect(await messages()).toEqual([{id: 'M-2'}])
  })

  test('an address that several people have goes to review, where somebody decides', async () => {
    const {context, store} = await shop(databases)
    await using _ = store
    const family = 'home@example.com'
    await store.unit(unitContext(), {audit: false}, async unit => {
      const database = unit.database<ShopTables>()
      const shared = {email: family, phone: null, segment: null}
      await database
        .insertInto('shop_customers')
        .values([
          {id: 'C-2001', name: 'Mojca', ...shared},
          {id: 'C-2002', name: 'Rok', ...shared},
        ])
        .execute()
    })
    const asked = await invoke(gdprErase, {user: family}, context)
    expect(asked.request).toMatchObject({state: 'review', waiting: 'review'})
    expect(gdprErase.outcome?.(asked)).toBe(8)
    expect(await customers(store)).toHaveLength(4)
    const request = asked.request?.id ?? ''
    const {items} = await invoke(gdprRequestItems, {request}, context)
    const mojca = items.find(({record}) => record.includes('C-2001'))
    expect(items.every(({decision}) => decision === 'keep')).toBe(true)
    const access = await invoke(gdprAccess, {email: family}, context)
    expect(access).toMatchObject({request: {state: 'review'}, items: []})
    const disclosing = access.request.id
    const shown = await invoke(gdprRequestItems, {request: disclosing}, context)
    const own = shown.items.find(({record}) => record.includes('C-2001'))?.item ?? 0
    await invoke(gdprRequestDecide, {request: disclosing, items: [own], decision: 'include'}, context)
    await invoke(gdprRequestApprove, {request: disclosing}, context)
    const given = JSON.stringify((await invoke(gdprAccess, {request: disclosing}, context)).items)
    expect(given).toContain('Mojca')
    expect(given).not.toContain('Rok')
    await invoke(gdprRequestDecide, {request, items: [mojca?.item ?? 0], decision: 'include'}, context)
    await invoke(gdprRequestApprove, {request}, context)
    const done = await invoke(gdprRequestRun, {request}, context)
    expect(done.request).toMatchObject({state: 'closed', outcome: 'partly_refused'})
    expect((await customers(store)).map(({id}) => id)).toEqual(['C-1001', 'C-1002', 'C-2002'])
  })

  test('a record is kept for an exception that somebody names, and the receipt cites it', async () => {
    const {context, store} = await shop(databases)
    await using _ = store
    const {id: request} = await invoke(gdprRequestOpen, {right: 'erasure', email: ana}, context)
    await invoke(gdprRequestVerify, {request, method: 'account'}, context)
    await invoke(gdprRequestRun, {request}, context)
    const {items} = await invoke(gdprRequestItems, {request}, context)
    const message = items.find(({place}) => place === 'sql shop_messages')?.item ?? 0
    await invoke(gdprRequestDecide, {request, items: [message], decision: 'keep', exception: 'legal_claims'}, context)
    await invoke(gdprRequestApprove, {request}, context)
    const {kept} = await invoke(gdprRequestRun, {request}, context)
    expect(kept.map(({citation}) => citation).toSorted()).toEqual(['GDPR, Article 17(3)(b)', 'GDPR, Article 17(3)(e)'])
    expect(await store.read<ShopTables>('acme').selectFrom('shop_messages').select('id').execute()).toHaveLength(2)
  })

  test('nothing happens for somebody unverified', async () => {
    const {context, store} = await shop(databases)
    await using _ = store
    const {id: request} = await invoke(gdprRequestOpen, {right: 'erasure', email: ana}, context)
    expect((await invoke(gdprRequestRun, {request}, context)).request).toMatchObject({waiting: 'identity'})
    await expect(invoke(gdprRequestApprove, {request}, context)).rejects.toMatchObject({code: 'gdpr_request_state'})
    await expect(invoke(gdprRequestVerify, {request, method: 'failed'}, context)).rejects.toMatchObject({
      code: 'gdpr_unverified',
    })
    const refused = await invoke(gdprRequestRefuse, {request, exception: 'not_identified'}, context)
    expect(refused).toMatchObject({outcome: 'refused', refusal: {citation: 'GDPR, Article 12(2)'}})
    expect(await customers(store)).toHaveLength(2)
  })

  test('rectification corrects every record that has the field, and no other person', async () => {
    const {context, store} = await shop(databases)
    await using _ = store
    const rectified = await invoke(gdprRectify, {email: ana, corrections: {name: 'Ana Kos'}}, context)
    expect(rectified.request).toMatchObject({state: 'closed', outcome: 'fulfilled'})
    expect((await customers(store)).map(({name}) => name)).toEqual(['Ana Kos', 'Janez Kranjc'])
  })

  test('a restriction and an objection are in force until they are lifted', async () => {
    const {context, store} = await shop(databases)
    await using _ = store
    const mention = ['Write to ANA@example.com.']
    expect((await processingLimits(context, 'search')).none).toBe(true)
    await invoke(gdprObject, {email: ana, purposes: ['marketing']}, context)
    expect((await processingLimits(context, 'search')).none).toBe(true)
    expect((await processingLimits(context, 'marketing')).admits(mention)).toBe(false)
    const {request} = await invoke(gdprRestrict, {email: ana}, context)
    const limits = await processingLimits(context, 'search')
    expect(limits.admits(mention)).toBe(false)
    expect(limits.admits(['mariana@example.com or 040/123-456'])).toBe(false)
    expect(limits.admits(['mariana@example.com'])).toBe(true)
    await invoke(gdprLimitLift, {request: request?.id ?? ''}, context)
    expect((await processingLimits(context, 'search')).none).toBe(true)
    expect((await processingLimits(context, 'marketing')).admits(mention)).toBe(false)
  })

  test('recipients are told before a request is closed, and then nobody knows whom it was about', async () => {
    const {context, store} = await shop(databases)
    await using _ = store
    const mailer = {recipient: 'mailer', name: 'Mailer Ltd', contact: 'privacy@mailer.example'}
    await invoke(gdprRecipientsSet, mailer, context)
    await invoke(gdprRecipientsSet, {recipient: 'stranger', name: 'Never got anything'}, context)
    await invoke(gdprRecipientsRecord, {recipient: 'mailer', email: ana, purpose: 'Sends the newsletter'}, context)
    const {recipients} = await invoke(gdprRecipientsList, {email: ana}, context)
    expect(recipients.map(({id}) => id)).toEqual(['mailer'])
    const erased = await invoke(gdprErase, {user: ana}, context)
    expect(erased.request).toMatchObject({state: 'notifying', waiting: 'notices'})
    expect(gdprErase.outcome?.(erased)).toBe(8)
    const {notices} = await invoke(gdprNoticeList, {state: 'pending'}, context)
    expect(notices.map(({recipient}) => recipient)).toEqual(['mailer'])
    const notice = notices[0]?.id ?? ''
    const letter = await invoke(gdprNoticeLetter, {notice, language: 'sl'}, context)
    expect(letter.text).toContain(ana)
    expect(letter.subject).toContain('19. členu')
    await invoke(gdprNoticeSettle, {notice, note: 'by letter'}, context)
    await expect(invoke(gdprNoticeLetter, {notice}, context)).rejects.toMatchObject({code: 'gdpr_notice_not_found'})
    const done = await invoke(gdprRequestRun, {request: erased.request?.id ?? ''}, context)
    expect(done.request).toMatchObject({state: 'closed'})
    const rows = JSON.parse(await allRows(store)) as Record<string, unknown>
    delete rows.shop_invoices
    expect(JSON.stringify(rows)).not.toContain(ana)
  })

  test('a late extension is refused, and a late request is told', async () => {
    const {context, store} = await shop(databases)
    await using _ = store
    const {id: request, due_by: due} = await invoke(gdprRequestOpen, {right: 'access', email: ana}, context)
    const reason = 'Three archives on tape have to be read'
    expect((await invoke(gdprRequestExtend, {request, reason}, context)).due_by > due).toBe(true)
    const {id: other} = await invoke(gdprRequestOpen, {right: 'erasure', email: ana}, context)
    context.clock.advance(40 * day)
    await expect(invoke(gdprRequestExtend, {request: other, reason}, context)).rejects.toMatchObject({
      code: 'extension_refused',
    })
    const late = await invoke(gdprRequestList, {overdue: true}, context)
    expect(late.items.map(({id}) => id)).toEqual([other])
    expect(gdprRequestList.outcome?.(late)).toBe(7)
  })

  test('what comes in while it is being erased is erased as well', async () => {
    const newsletter = new Newsletter()
    newsletter.addresses.add(ana)
    const {context, store} = await shop(databases, newsletter)
    await using _ = store
    // A writer that is in the middle of its work when the first pass has been through its table.
    const place = newsletter.place()
    let raced = false
    newsletter.place = () => ({
      ...place,
      erase: async (subject, decisions) => {
        if (!raced) {
          raced = true
          await store.unit(unitContext(), {audit: false}, async unit => {
            await unit
              .database<ShopTables>()
              .insertInto('shop_visits')
              .values({id: 'V-9', email: ana, page: '/late', seen_at: '2026-01-02T00:00:00.000Z'})
              .execute()
          })
        }
        return place.erase!(subject, decisions)
      },
    })
    const erased = await invoke(gdprErase, {user: ana}, context)
    expect(erased.request).toMatchObject({state: 'closed'})
    const visits = await store.read<ShopTables>('acme').selectFrom('shop_visits').select('id').execute()
    expect(visits).toEqual([{id: 'V-2'}])
  })

  test('retention deletes what is due, unless it is held', async () => {
    const {context, store} = await shop(databases)
    await using _ = store
    const place = 'sql shop_visits'
    expect((await invoke(gdprRetentionRun, {place, dry_run: true}, context)).places).toEqual([
      {place, due: 1, deleted: 0, held: 0},
    ])
    const {holds} = await invoke(gdprHoldPlace, {matter: 'An audit', place}, context)
    expect((await invoke(gdprRetentionRun, {place}, context)).places).toEqual([{place, due: 1, deleted: 0, held: 1}])
    await invoke(gdprHoldRelease, {hold: holds[0]?.id ?? ''}, context)
    expect((await invoke(gdprRetentionRun, {place}, context)).places).toEqual([{place, due: 1, deleted: 1, held: 0}])
    const visits = await store.read<ShopTables>('acme').selectFrom('shop_visits').select('id').execute()
    expect(visits).toEqual([{id: 'V-1'}])
  })

  test('a Californian who is not verified gets categories and nothing more', async () => {
    const {context, store} = await shop(databases)
    await using _ = store
    const unverified = await invoke(ccpaKnow, {email: ana, specific: true}, context)
    expect(unverified.request.right).toBe('know_categories')
    expect(unverified.items).toEqual([])
    expect(JSON.stringify(unverified)).not.toContain('tea drinker')
    expect(unverified.terms.flatMap(({categories}) => categories)).toContain('user.financial')
    const verified = await invoke(ccpaKnow, {email: ana, specific: true, verified: true}, context)
    expect(JSON.stringify(verified.items)).toContain('tea drinker')
    await expect(
      invoke(ccpaCorrect, {email: ana, corrections: {name: 'x'}, verified_by_field: 'name'}, context),
    ).rejects.toMatchObject({code: 'ccpa_disputed_field'})
  })

  test('an opt-out signal binds the browser, and the consumer once known', async () => {
    const {context, store} = await shop(databases)
    await using _ = store
    const sale = async () => processingLimits(context, 'sale')
    expect((await invoke(ccpaGpc, {sec_gpc: '0', browser: 'b-71'}, context)).opted_out).toBe(false)
    expect((await invoke(ccpaGpc, {sec_gpc: '1', browser: 'b-71'}, context)).bound).toEqual([
      {kind: 'browser', value: 'b-71'},
    ])
    expect((await sale()).admits([ana])).toBe(true)
    await invoke(ccpaGpc, {sec_gpc: '', browser: 'b-71', user: ana}, context)
    expect((await sale()).admits([ana])).toBe(false)
    await invoke(ccpaOptOut, {email: 'new@example.com'}, context)
    expect((await sale()).admits(['new@example.com'])).toBe(false)
    const {rows} = await invoke(ccpaMetrics, {year: 2026}, context)
    expect(rows.find(({request}) => request.startsWith('opt-out'))).toMatchObject({received: 1, complied: 1, denied: 0})
  })

  test('everything that a request keeps is declared', async () => {
    const {store, registry} = await shop(databases)
    await using _ = store
    expect(comparePrivacy(await registry.privacy(), await readRealSchema(store))).toEqual([])
  })
})

describe('the history of a request', () => {
  test('has every step with whoever took it, and no address', async () => {
    const {sqliteDatabases} = await import('../../src/testing/store.ts')
    const {context, store} = await shop(sqliteDatabases())
    await using _ = store
    const {request} = await invoke(gdprErase, {user: ana}, context)
    const shown = await invoke(gdprRequestShow, {request: request?.id ?? ''}, context)
    expect(shown.steps.map(({step}) => step)).toEqual([
      'opened',
      'verified',
      'collecting',
      'collected',
      'approved',
      'executed',
      'closed',
    ])
    expect(shown.identities).toEqual([])
    expect(JSON.stringify(shown)).not.toContain(ana)
  })
})
