import {definePlugin} from '../../src/operation/index.ts'
import {declarePersonalData, type PersonalStore} from '../../src/privacy/index.ts'
import {column, type Migration, type Store, type TablesOf} from '../../src/store/index.ts'
import {unitContext} from '../../src/testing/context.ts'

const tables = {
  shop_customers: {
    scope: 'tenant',
    columns: {
      id: column.text(),
      email: column.text({nullable: true}),
      phone: column.text({nullable: true}),
      name: column.text(),
      segment: column.text({nullable: true}),
    },
    primaryKey: ['id'],
  },
  shop_invoices: {
    scope: 'tenant',
    columns: {id: column.text(), customer: column.text(), amount: column.text(), issued_at: column.timestamp()},
    primaryKey: ['id'],
  },
  shop_messages: {
    scope: 'tenant',
    columns: {id: column.text(), sender: column.text(), receiver: column.text(), text: column.text()},
    primaryKey: ['id'],
  },
  shop_visits: {
    scope: 'tenant',
    columns: {id: column.text(), email: column.text(), page: column.text(), seen_at: column.timestamp()},
    primaryKey: ['id'],
  },
} as const

export type ShopTables = TablesOf<typeof tables>

const migrations: Migration[] = [{plugin: 'shop', name: '0001_shop', tables}]

export const invoiceReason = 'invoices are kept for ten years (a tax act)'

const declarations = [
  declarePersonalData({
    store: 'sql',
    table: 'shop_customers',
    fields: {
      tenant: 'non-personal',
      id: {category: 'user.unique_id', identity: 'customer'},
      email: {category: 'user.contact.email', identity: 'email'},
      phone: {category: 'user.contact.phone_number', identity: 'phone'},
      name: {category: 'user.name'},
      segment: {category: 'user.behavior', origin: 'inferred'},
    },
    personal: {
      purpose: 'To sell things',
      basis: 'contract',
      origin: 'provided',
      recipients: ['Carrier Ltd'],
      subject: {field: 'id'},
      links: ['id', 'email', 'phone'],
      retention: 'until-removed',
      erasure: 'delete-row',
    },
  }),
  declarePersonalData({
    store: 'sql',
    table: 'shop_invoices',
    fields: {
      tenant: 'non-personal',
      id: 'non-personal',
      customer: {category: 'user.unique_id', identity: 'customer'},
      amount: {category: 'user.financial'},
      issued_at: 'non-personal',
    },
    personal: {
      purpose: 'To keep books',
      basis: 'legal-obligation',
      origin: 'observed',
      subject: {field: 'customer'},
      retention: 'until-removed',
      erasure: {kept: invoiceReason, citation: 'GDPR, Article 17(3)(b)'},
    },
  }),
  declarePersonalData({
    store: 'sql',
    table: 'shop_messages',
    fields: {
      tenant: 'non-personal',
      id: 'non-personal',
      sender: {category: 'user.contact.email', identity: 'email'},
      receiver: {category: 'user.contact.email', identity: 'email'},
      text: {category: 'user.content'},
    },
    personal: {
      purpose: 'To pass messages on',
      basis: 'contract',
      origin: 'provided',
      subject: {field: 'sender'},
      retention: 'until-removed',
      erasure: 'delete-row',
    },
  }),
  declarePersonalData({
    store: 'sql',
    table: 'shop_visits',
    fields: {
      tenant: 'non-personal',
      id: 'non-personal',
      email: {category: 'user.contact.email', identity: 'email'},
      page: {category: 'user.behavior.browsing_history'},
      seen_at: 'non-personal',
    },
    personal: {
      purpose: 'To see what people look at',
      basis: 'legitimate-interests',
      origin: 'observed',
      subject: {field: 'email'},
      retention: {days: 30, after: 'seen_at'},
      erasure: 'delete-row',
    },
  }),
]

const remote = declarePersonalData({
  store: 'remote',
  table: 'newsletter',
  fields: {email: {category: 'user.contact.email', identity: 'email'}},
  personal: {
    purpose: 'To send the newsletter',
    basis: 'consent',
    origin: 'provided',
    subject: {field: 'email'},
    retention: 'until-removed',
    erasure: 'delete-row',
  },
})

/** A service elsewhere that may be away. */
export class Newsletter {
  readonly addresses = new Set<string>()
  away = false

  place(): PersonalStore {
    const located = (addresses: readonly string[]) => {
      if (this.away) throw new Error('The newsletter service does not answer')
      return [...this.addresses].filter(address => addresses.includes(address))
    }
    const emails = (subject: Parameters<PersonalStore['locate']>[0]) =>
      subject.identities.filter(({kind}) => kind === 'email')
    return {
      store: 'remote',
      table: 'newsletter',
      async *locate(subject) {
        for (const email of located(emails(subject).map(({value}) => value))) {
          const matchedBy = emails(subject).filter(({value}) => value === email)
          yield {store: 'remote', table: 'newsletter', key: email, fields: {email}, matchedBy, match: 'identity'}
        }
      },
      erase: async subject => {
        const found = located(emails(subject).map(({value}) => value))
        for (const email of found) this.addresses.delete(email)
        return {
          store: 'remote',
          table: 'newsletter',
          found: found.length,
          erased: found.length,
          kept: [],
          verified: true,
          state: 'done',
        }
      },
    }
  }
}

/** A shop: what a plugin of somebody else declares, and nothing more. */
export function shopPlugin(newsletter?: Newsletter) {
  return definePlugin({
    name: 'shop',
    summary: 'For tests',
    operations: async () => [],
    migrations: async () => migrations,
    privacy: async () => [...declarations, ...(newsletter ? [remote] : [])],
    ...(newsletter ? {personalData: async () => ({openPersonalStores: async () => [newsletter.place()]})} : {}),
  })
}

/** Ana, who is asked about, and Janez, of whom nobody may learn anything by that. */
export async function fillShop(store: Store): Promise<void> {
  await store.unit(unitContext(), {audit: false}, async unit => {
    const database = unit.database<ShopTables>()
    await database
      .insertInto('shop_customers')
      .values([
        {id: 'C-1001', email: 'ana@example.com', phone: '+386 40 123 456', name: 'Ana Novak', segment: 'tea drinker'},
        {id: 'C-1002', email: 'janez@example.org', phone: '+386 41 555 777', name: 'Janez Kranjc', segment: 'coffee'},
      ])
      .execute()
    await database
      .insertInto('shop_invoices')
      .values([
        {id: 'I-1', customer: 'C-1001', amount: '12.00', issued_at: '2025-06-01T00:00:00.000Z'},
        {id: 'I-2', customer: 'C-1002', amount: '99.00', issued_at: '2025-06-02T00:00:00.000Z'},
      ])
      .execute()
    await database
      .insertInto('shop_messages')
      .values([
        {
          id: 'M-1',
          sender: 'ana@example.com',
          receiver: 'janez@example.org',
          text: 'Ask Marko Horvat, +386 31 999 888.',
        },
        {id: 'M-2', sender: 'janez@example.org', receiver: 'info@shop.example', text: 'My secret is zelena-lisica.'},
      ])
      .execute()
    await database
      .insertInto('shop_visits')
      .values([
        {id: 'V-1', email: 'ana@example.com', page: '/tea', seen_at: '2026-01-01T00:00:00.000Z'},
        {id: 'V-2', email: 'janez@example.org', page: '/coffee', seen_at: '2025-06-01T00:00:00.000Z'},
      ])
      .execute()
  })
}
