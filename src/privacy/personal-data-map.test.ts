import {sql} from 'kysely'
import {expect, test} from 'vitest'
import core from '../core-plugin.ts'
import {NotConfiguredError} from '../operation/errors.ts'
import {definePlugin, type Plugin} from '../operation/plugin.ts'
import {Registry} from '../operation/registry.ts'
import {column, type Migration, type Store, type TablesOf} from '../store/index.ts'
import {systemOf} from '../store/system.ts'
import {describeOnEachDatabase, type TestDatabases} from '../testing/store.ts'
import {testContext} from '../testing/test-context.ts'
import {
  declarePersonalData,
  ErasureJournal,
  isUnreachable,
  PersonalDataMap,
  type PersonalRecord,
  type PersonalStore,
  type PrivacyDeclaration,
  recordId,
  type StoreReceipt,
} from './index.ts'

const tables = {
  shop_contacts: {
    scope: 'tenant',
    columns: {id: column.id(), email: column.text(), phone: column.text(), name: column.text()},
    primaryKey: ['id'],
  },
  shop_orders: {
    scope: 'tenant',
    columns: {id: column.id(), contact: column.text(), total: column.bigint(), note: column.text({nullable: true})},
    primaryKey: ['id'],
  },
  shop_lines: {
    scope: 'tenant',
    columns: {order_id: column.text(), line: column.integer(), wish: column.json<{text: string}>()},
    primaryKey: ['order_id', 'line'],
    references: [{columns: ['order_id'], table: 'shop_orders', to: ['id'], onDelete: 'cascade'}],
  },
  shop_messages: {
    scope: 'tenant',
    columns: {id: column.id(), sender: column.text(), receiver: column.text(), words: column.text()},
    primaryKey: ['id'],
  },
} as const
type Shop = TablesOf<typeof tables>
const migrations: readonly Migration[] = [{plugin: 'shop', name: '0001_shop', tables}]

const terms = {
  purpose: 'To sell',
  basis: 'contract',
  origin: 'provided',
  retention: 'until-removed',
  erasure: 'delete-row',
} as const
const declarations: readonly PrivacyDeclaration[] = [
  declarePersonalData({
    store: 'sql',
    table: 'shop_contacts',
    fields: {
      tenant: 'non-personal',
      id: {category: 'user.unique_id', identity: 'contact'},
      email: {category: 'user.contact.email', identity: 'email'},
      phone: {category: 'user.contact.phone', identity: 'phone'},
      name: {category: 'user.name'},
    },
    personal: {...terms, subject: {field: 'id'}, links: ['id', 'email', 'phone']},
  }),
  declarePersonalData({
    store: 'sql',
    table: 'shop_orders',
    fields: {
      tenant: 'non-personal',
      id: 'non-personal',
      contact: {category: 'user.unique_id', identity: 'contact'},
      total: {category: 'user.financial'},
      note: {category: 'user.content'},
    },
    personal: {...terms, subject: {field: 'contact'}, withheld: ['total']},
  }),
  declarePersonalData({
    store: 'sql',
    table: 'shop_lines',
    fields: {tenant: 'non-personal', order_id: 'non-personal', line: 'non-personal', wish: {category: 'user.content'}},
    personal: {...terms, subject: {field: 'order_id', table: 'shop_orders', to: 'id'}},
  }),
  declarePersonalData({
    store: 'sql',
    table: 'shop_messages',
    fields: {
      tenant: 'non-personal',
      id: 'non-personal',
      sender: {category: 'user.contact.email', identity: 'email'},
      receiver: {category: 'user.contact.email', identity: 'email'},
      words: {category: 'user.content'},
    },
    personal: {...terms, subject: {field: 'sender'}, erasure: {clear: ['sender', 'receiver', 'words']}},
  }),
]

const shop = definePlugin({
  name: 'shop',
  summary: 'For tests',
  operations: async () => [],
  migrations: async () => migrations,
  privacy: async () => declarations,
})

const ana = {id: 'contact-ana', email: 'Ana.Novak@primer.si', phone: '+386 40 123 456', name: 'Ana Novak'}
const bor = {id: 'contact-bor', email: 'bor@primer.si', phone: '+386 41 000 111', name: 'Bor Novak'}

async function open(databases: TestDatabases, plugins: readonly Plugin[] = [shop]) {
  const store = await (await databases.create(migrations)).open()
  const context = testContext({
    registry: new Registry([core, ...plugins]),
    store,
    settings: {'erasure.key': 'a key of at least thirty-two characters'},
  })
  return {store, context, map: await PersonalDataMap.open(context)}
}

async function fill(
  store: Store,
  context: ReturnType<typeof testContext>,
  rows: Partial<Record<keyof Shop, object[]>>,
) {
  await store.unit(context, {audit: false}, async unit => {
    for (const [table, each] of Object.entries(rows)) {
      await unit
        .database<Record<string, Record<string, unknown>>>()
        .insertInto(table)
        .values(each as never)
        .execute()
    }
  })
}

async function located(map: PersonalDataMap, email: string): Promise<PersonalRecord[]> {
  const found: PersonalRecord[] = []
  for await (const each of map.locate(await map.resolve([{kind: 'email', value: email}]))) {
    if (!isUnreachable(each)) found.push(each)
  }
  return found
}

async function erased(map: PersonalDataMap, email: string, decisions: Parameters<PersonalDataMap['erase']>[1]) {
  const receipts: StoreReceipt[] = []
  for await (const each of map.erase(await map.resolve([{kind: 'email', value: email}]), decisions)) receipts.push(each)
  return receipts
}

const nothingKept = {keep: new Map()}
const rowsOf = (store: Store, table: keyof Shop, tenant = 'acme') =>
  store.read<Record<string, Record<string, unknown>>>(tenant).selectFrom(table).selectAll().execute()
const touched = (receipts: readonly StoreReceipt[]) =>
  receipts.filter(({found, state, verified}) => found > 0 || state !== 'done' || !verified)

describeOnEachDatabase('a person', databases => {
  test('is joined by declared links, and found by identity, by reference and in words', async () => {
    const {store, context, map} = await open(databases)
    await fill(store, context, {
      shop_contacts: [ana, bor],
      shop_orders: [
        {id: 'o1', contact: ana.id, total: 9_007_199_254_740_993n, note: null},
        {id: 'o2', contact: bor.id, total: 5n, note: 'Ring 040/123-456 first, says Ana Novak'},
        {id: 'o3', contact: bor.id, total: 5n, note: 'for Ana Novak, diana.novak@primer.si and 140 123 456 7'},
      ],
      shop_lines: [
        {order_id: 'o1', line: 1, wish: {text: 'red'}},
        {order_id: 'o3', line: 1, wish: {text: 'Gift card:\nANA.NOVAK@PRIMER.SI'}},
        {order_id: 'o3', line: 2, wish: {text: 'blue'}},
      ],
      shop_messages: [{id: 'm1', sender: bor.email, receiver: 'ana.novak@primer.si', words: 'Hello'}],
    })
    const subject = await map.resolve([{kind: 'email', value: 'ana.novak@primer.si'}])
    expect(subject.review).toEqual([])
    expect(subject.identities).toEqual([
      {kind: 'email', value: 'ana.novak@primer.si', via: 'given'},
      {kind: 'contact', value: ana.id, via: {table: 'shop_contacts', field: 'id'}},
      {kind: 'phone', value: ana.phone, via: {table: 'shop_contacts', field: 'phone'}},
    ])
    const found = await located(map, 'ana.novak@primer.si')
    expect(found.map(({table, key, match}) => [table, key, match])).toEqual([
      ['shop_contacts', '["contact-ana"]', 'identity'],
      ['shop_orders', '["o1"]', 'identity'],
      ['shop_orders', '["o2"]', 'free-text'],
      ['shop_lines', '["o1",1]', 'identity'],
      ['shop_lines', '["o3",1]', 'free-text'],
      ['shop_messages', '["m1"]', 'identity'],
    ])
    expect(found[1]?.fields).toEqual({id: 'o1', contact: ana.id, note: null})
    await store.close()
  })

  test('goes with everything that refers to it, and nobody else does', async () => {
    const {store, context, map} = await open(databases)
    const rows = {
      shop_contacts: [ana, bor],
      shop_orders: [
        {id: 'o1', contact: ana.id, total: 1n},
        {id: 'o2', contact: bor.id, total: 1n},
      ],
      shop_lines: [
        {order_id: 'o1', line: 1, wish: {text: 'red'}},
        {order_id: 'o2', line: 1, wish: {text: 'blue'}},
      ],
      shop_messages: [{id: 'm1', sender: ana.email, receiver: bor.email, words: 'Call me'}],
    }
    await fill(store, context, rows)
    await fill(store, testContext({tenant: 'other', store, seed: 7}), rows)
    expect(touched(await erased(map, ana.email, nothingKept))).toMatchObject([
      {table: 'shop_lines', found: 1, erased: 1, kept: []},
      {table: 'shop_orders', found: 1, erased: 1},
      {table: 'shop_messages', found: 1, erased: 1},
      {table: 'shop_contacts', found: 1, erased: 1},
    ])
    expect(await rowsOf(store, 'shop_contacts')).toMatchObject([bor])
    expect(await rowsOf(store, 'shop_orders')).toMatchObject([{id: 'o2'}])
    expect(await rowsOf(store, 'shop_lines')).toMatchObject([{order_id: 'o2'}])
    expect(await rowsOf(store, 'shop_messages')).toMatchObject([{id: 'm1', sender: '', receiver: '', words: ''}])
    expect(await rowsOf(store, 'shop_contacts', 'other')).toHaveLength(2)
    expect(touched(await erased(map, ana.email, nothingKept))).toEqual([])
    const journal = await ErasureJournal.open(context)
    const identities = [
      {kind: 'email', value: ' ANA.novak@primer.si'},
      {kind: 'email', value: bor.email},
    ] as const
    expect(await journal.suppressed(identities)).toEqual([identities[0]])
    await store.close()
  })

  test('keeps what was decided, with what that belongs to', async () => {
    const {store, context, map} = await open(databases)
    await fill(store, context, {
      shop_contacts: [ana],
      shop_orders: [
        {id: 'o1', contact: ana.id, total: 1n},
        {id: 'o2', contact: ana.id, total: 1n},
      ],
      shop_lines: [{order_id: 'o1', line: 1, wish: {text: 'an invoice'}}],
    })
    const kept = recordId({store: 'sql', table: 'shop_lines', key: '["o1",1]'})
    const reason = {reason: 'an invoice', citation: 'GDPR, article 17(3)(b)'}
    const receipts = touched(await erased(map, ana.email, {keep: new Map([[kept, reason]])}))
    expect(receipts).toMatchObject([
      {table: 'shop_lines', found: 1, erased: 0, kept: [{key: '["o1",1]', ...reason}], verified: true},
      {
        table: 'shop_orders',
        found: 2,
        erased: 1,
        kept: [{key: '["o1"]', reason: expect.stringContaining('shop_lines')}],
      },
      {table: 'shop_contacts', erased: 1},
    ])
    expect(await rowsOf(store, 'shop_lines')).toHaveLength(1)
    await store.close()
  })

  test('who shares an address with others is not taken for them', async () => {
    const {store, context, map} = await open(databases)
    const family = 'family@primer.si'
    await fill(store, context, {
      shop_contacts: [
        {...ana, email: family},
        {...bor, email: family},
      ],
      shop_orders: [{id: 'o1', contact: ana.id, total: 1n}],
      shop_messages: [{id: 'm1', sender: family, receiver: 'shop@primer.si', words: 'Hello'}],
    })
    const subject = await map.resolve([{kind: 'email', value: family}])
    expect(subject.identities).toEqual([{kind: 'email', value: family, via: 'given', shared: true}])
    expect(subject.review).toMatchObject([
      {
        reason: 'shared-identity',
        candidates: [
          {kind: 'contact', value: ana.id},
          {kind: 'contact', value: bor.id},
        ],
      },
    ])
    const untouched = touched(await erased(map, family, nothingKept))
    expect(untouched.map(({table, erased: gone, kept}) => [table, gone, kept.length])).toEqual([
      ['shop_messages', 0, 1],
      ['shop_contacts', 0, 2],
    ])
    const include = new Set([recordId({store: 'sql', table: 'shop_messages', key: '["m1"]'})])
    await erased(map, family, {keep: new Map(), include})
    expect(await rowsOf(store, 'shop_messages')).toMatchObject([{sender: ''}])
    // With the contact's number beside it, the address is no longer all that is known.
    const known = await map.resolve([
      {kind: 'email', value: family},
      {kind: 'contact', value: ana.id},
    ])
    for await (const _ of map.erase(known, nothingKept));
    expect(await rowsOf(store, 'shop_contacts')).toMatchObject([{id: bor.id}])
    expect(await rowsOf(store, 'shop_orders')).toEqual([])
    await store.close()
  })

  test('is corrected field by field', async () => {
    const {store, context, map} = await open(databases)
    await fill(store, context, {shop_contacts: [ana]})
    const change = {place: 'sql shop_contacts', key: '["contact-ana"]', field: 'name', value: 'Ana Kranjc'}
    expect(await map.rectify(change)).toMatchObject({found: 1, state: 'done'})
    expect(await rowsOf(store, 'shop_contacts')).toMatchObject([{name: 'Ana Kranjc'}])
    await expect(map.rectify({...change, field: 'id'})).rejects.toMatchObject({code: 'invalid_input'})
    await expect(map.rectify({...change, key: '["nobody"]'})).rejects.toMatchObject({code: 'unknown_personal_record'})
    await store.close()
  })

  test('that a writer brings back while it is erased goes as well', async () => {
    const opened: {store?: Store} = {}
    let writes = 2
    const racing: PersonalStore = {
      store: 'vectors',
      table: 'racing',
      async *locate() {},
      async erase() {
        if (writes-- > 0) {
          const message = {id: `m${writes}`, sender: ana.email, receiver: bor.email, words: 'again'}
          await fill(opened.store!, context, {shop_messages: [message]})
        }
        return {store: 'vectors', table: 'racing', found: 0, erased: 0, kept: [], verified: true, state: 'done'}
      },
    }
    const race = definePlugin({
      name: 'race',
      summary: 'For tests',
      operations: async () => [],
      privacy: async () => [
        declarePersonalData({
          store: 'vectors',
          table: 'racing',
          fields: {words: {category: 'user.content'}},
          personal: {...terms, subject: {field: 'words', freeText: true}},
        }),
      ],
      personalData: async () => ({openPersonalStores: async () => [racing]}),
    })
    const {store, context, map} = await open(databases, [shop, race])
    opened.store = store
    const receipts = touched(await erased(map, ana.email, nothingKept))
    expect(receipts).toMatchObject([{table: 'shop_messages', erased: 2, verified: true}])
    expect((await rowsOf(store, 'shop_messages')).map(({words}) => words)).toEqual(['', ''])
    await store.close()
  })

  test('in a place that does not answer is no finished erasure', async () => {
    const away = (): never => {
      throw new NotConfiguredError('The service does not answer')
    }
    const distant = definePlugin({
      name: 'distant',
      summary: 'For tests',
      operations: async () => [],
      privacy: async () => [
        declarePersonalData({
          store: 'remote',
          table: 'mailing list',
          fields: {email: {category: 'user.contact.email', identity: 'email'}},
          personal: {...terms, subject: {field: 'email'}},
        }),
      ],
      personalData: async () => ({
        openPersonalStores: async () => [
          {
            store: 'remote',
            table: 'mailing list',
            locate: away,
            erase: async () => away(),
          },
        ],
      }),
    })
    const {store, context, map} = await open(databases, [shop, distant])
    await fill(store, context, {shop_contacts: [ana]})
    const all = []
    for await (const each of map.locate(await map.resolve([{kind: 'email', value: ana.email}]))) all.push(each)
    expect(all).toContainEqual({
      state: 'unreachable',
      store: 'remote',
      table: 'mailing list',
      message: 'The service does not answer',
    })
    expect(touched(await erased(map, ana.email, nothingKept))).toMatchObject([
      {table: 'mailing list', state: 'unreachable', verified: false},
      {table: 'shop_contacts', erased: 1, verified: true},
    ])
    // Repeated with the address alone, it still knows the number that only the erased row told.
    const journal = await ErasureJournal.open(context)
    const remembered = await journal.rememberedOf(await map.resolve([{kind: 'email', value: ana.email}]))
    expect(remembered.map(({kind}) => kind)).toEqual(['email', 'contact', 'phone'])
    await store.close()
  })

  test('may be in a table that nobody has declared: that is told', async () => {
    const {store, map} = await open(databases, [])
    const undeclared = map.places.filter(({can}) => can.length === 0).map(({declaration}) => declaration.table)
    expect(undeclared.toSorted()).toEqual(['shop_contacts', 'shop_lines', 'shop_messages', 'shop_orders'])
    await store.close()
  })

  test.runIf(databases.dialect === 'postgres')('leaves no byte in the files of its tables', async () => {
    const {store, context, map} = await open(databases)
    await fill(store, context, {
      shop_contacts: [ana, bor],
      shop_messages: [{id: 'm1', sender: ana.email, receiver: bor.email, words: 'unmistakable words'}],
    })
    const bytes = async (table: string) => {
      const {rows} = await sql<{held: Buffer}>`
        select pg_read_binary_file(pg_relation_filepath(${table}::regclass)) as held`.execute(systemOf(store).database)
      return Buffer.from(rows[0]!.held).toString('latin1')
    }
    await sql`checkpoint`.execute(systemOf(store).database)
    expect(await bytes('shop_messages')).toContain('unmistakable words')
    await erased(map, ana.email, nothingKept)
    for (const table of ['shop_messages', 'shop_contacts']) {
      expect(await bytes(table)).not.toMatch(/unmistakable words|ana\.novak/i)
    }
    expect(await bytes('shop_contacts')).toContain(bor.email)
    await store.close()
  })
})
