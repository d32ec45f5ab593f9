import {declarePersonalData, type PrivacyDeclaration} from '@omni-ops/core/privacy'

/** What is kept of a page: its name, its panels' names, dates, and a hash. Its figures are in the file alone. */
export const declarations: readonly PrivacyDeclaration[] = [
  declarePersonalData({
    store: 'sql',
    table: 'dashboard_pages',
    fields: {
      tenant: 'non-personal',
      path: 'non-personal',
      title: 'non-personal',
      type: 'non-personal',
      sample: 'non-personal',
      first_day: 'non-personal',
      last_day: 'non-personal',
      panels: 'non-personal',
      sha256: 'non-personal',
      bytes: 'non-personal',
      built_at: 'non-personal',
      proposal: 'non-personal',
    },
  }),
  declarePersonalData({
    store: 'sql',
    table: 'dashboard_files',
    fields: {
      tenant: 'non-personal',
      path: 'non-personal',
      format: 'non-personal',
      sha256: 'non-personal',
      bytes: 'non-personal',
    },
  }),
]
