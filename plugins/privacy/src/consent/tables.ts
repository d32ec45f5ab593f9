import {column, type Migration, type TablesOf} from '@omni-ops/core/store'

const tables = {
  /** What people are asked, word by word. Never changed: another text is another version. */
  privacy_consent_wordings: {
    scope: 'tenant',
    columns: {
      purpose: column.text(),
      language: column.text(),
      version: column.integer(),
      hash: column.text(),
      text: column.text(),
      added_at: column.timestamp(),
    },
    primaryKey: ['purpose', 'language', 'version'],
    indexes: [['hash']],
  },
  /** Each giving and each withdrawal, one after the other. Rows are added and never changed. */
  privacy_consents: {
    scope: 'tenant',
    columns: {
      id: column.id(),
      action: column.text(),
      purpose: column.text(),
      email: column.text({nullable: true}),
      phone: column.text({nullable: true}),
      user_id: column.text({nullable: true}),
      /** When it was said, and when it was written down here. */
      at: column.timestamp(),
      recorded_at: column.timestamp(),
      channel: column.text(),
      language: column.text({nullable: true}),
      wording_hash: column.text({nullable: true}),
      country: column.text({nullable: true}),
      /** `not_asked`, `of_age` or `guardian`; the age itself is not kept. */
      age_check: column.text({nullable: true}),
      guardian: column.text({nullable: true}),
      evidence: column.text({nullable: true}),
      recorded_by: column.text(),
    },
    primaryKey: ['id'],
    indexes: [
      ['email', 'purpose', 'at'],
      ['phone', 'purpose', 'at'],
      ['user_id', 'purpose', 'at'],
    ],
  },
} as const

export type ConsentTables = TablesOf<typeof tables>

export const migrations: readonly Migration[] = [{plugin: 'privacy', name: '0010_consents', tables}]
