import {column, type Migration, type TablesOf} from '@omni-ops/core/store'

const tables = {
  /** To whom data go: an organisation, never a person of it. */
  privacy_recipients: {
    scope: 'tenant',
    columns: {
      /** A short name such as `mail-provider`. */
      id: column.text(),
      name: column.text(),
      /** `processor`, `controller`, `joint_controller` or `authority`. */
      role: column.text(),
      /** ISO 3166-1 alpha-2. */
      country: column.text(),
      /** How it is told: `webhook` or `letter`. */
      channel: column.text(),
      contact: column.text({nullable: true}),
      /** Places whose records it gets as a rule, as `store table`. */
      places: column.json<readonly string[]>(),
      created_at: column.timestamp(),
    },
    primaryKey: ['id'],
  },
  /** The ledger: which data of whom went to whom. */
  privacy_disclosures: {
    scope: 'tenant',
    columns: {
      id: column.id(),
      recipient: column.text(),
      subject_kind: column.text(),
      subject_value: column.text(),
      /** `store table`, where the data came from one. */
      place: column.text({nullable: true}),
      purpose: column.text(),
      disclosed_at: column.timestamp(),
    },
    primaryKey: ['id'],
    references: [{columns: ['recipient'], table: 'privacy_recipients', to: ['id'], onDelete: 'restrict'}],
    indexes: [['subject_value'], ['recipient', 'disclosed_at']],
  },
  /** What a recipient is told of a correction, an erasure or a restriction. */
  privacy_notices: {
    scope: 'tenant',
    columns: {
      id: column.id(),
      request: column.text(),
      recipient: column.text(),
      measure: column.text(),
      channel: column.text(),
      /** Whom it is about, until the recipient was told. */
      subject: column.nullableJson<readonly {readonly kind: string; readonly value: string}[]>(),
      /** `pending`, `told` or `impossible`. */
      state: column.text(),
      created_at: column.timestamp(),
      settled_at: column.timestamp({nullable: true}),
      note: column.text({nullable: true}),
    },
    primaryKey: ['id'],
    unique: [['request', 'recipient']],
    references: [{columns: ['recipient'], table: 'privacy_recipients', to: ['id'], onDelete: 'restrict'}],
    indexes: [['state', 'created_at']],
  },
} as const

type Raw = TablesOf<typeof tables>

export type NoticeState = 'pending' | 'told' | 'impossible'
export type NoticeChannel = 'webhook' | 'letter'
export type RecipientRole = 'processor' | 'controller' | 'joint_controller' | 'authority'

export type RecipientTables = Omit<Raw, 'privacy_recipients' | 'privacy_notices'> & {
  privacy_recipients: Omit<Raw['privacy_recipients'], 'role' | 'channel'> & {
    role: RecipientRole
    channel: NoticeChannel
  }
  privacy_notices: Omit<Raw['privacy_notices'], 'state' | 'channel'> & {state: NoticeState; channel: NoticeChannel}
}

export const migrations: readonly Migration[] = [{plugin: 'privacy', name: '0004_recipients', tables}]
