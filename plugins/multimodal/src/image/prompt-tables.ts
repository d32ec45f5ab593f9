import {column, type Migration, type TablesOf} from '@omni-ops/core/store'

const tables = {
  /** Prompts for pictures that are used again, by their names. */
  multimodal_prompts: {
    scope: 'tenant',
    columns: {
      name: column.text(),
      /** What it began with, in the words of whoever had it. */
      idea: column.text(),
      prompt: column.text(),
      negative_prompt: column.text({nullable: true}),
      style: column.text({nullable: true}),
      size: column.text({nullable: true}),
      /** Who kept it. */
      principal: column.text(),
      kept_at: column.timestamp(),
    },
    primaryKey: ['name'],
  },
} as const

export type PromptTables = TablesOf<typeof tables>

export const migrations: readonly Migration[] = [{plugin: 'multimodal', name: '0001_prompts', tables}]
