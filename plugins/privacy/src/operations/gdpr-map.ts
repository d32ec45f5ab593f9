import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'

const PlaceOutput = z
  .object({
    place: z.string().describe('Store and table'),
    plugin: z.string().describe('Whose it is; empty where nobody has declared it'),
    purpose: z.string().describe('Why it is processed'),
    basis: z.string().describe('What makes it lawful: GDPR, article 6(1)'),
    origin: z.string().describe('Where the data come from'),
    recipients: z.array(z.string()).describe('Who gets it beside the controller'),
    residency: z.string().nullable().describe('Where it is kept, where that is not where the deployment is'),
    fields: z
      .array(
        z.object({
          name: z.string(),
          category: z.string().describe('What it says of a person'),
          identity: z.string().nullable().describe('By what its value identifies a person'),
          special: z.boolean().describe('Of the categories of GDPR, articles 9 and 10'),
        }),
      )
      .describe('Those that are about a person'),
    found_by: z.string().describe('How the person behind a record is found'),
    retention: z.string().describe('How long it is kept'),
    erasure: z.string().describe('What erasing does to it'),
    can: z.array(z.string()).describe('What can be done with it here; nothing where it cannot be reached'),
  })
  .meta({id: 'PersonalDataPlace', description: 'A place that holds personal data, and on what terms'})

export const gdprMap = defineOperation({
  id: 'gdpr.map',
  summary: 'Show where personal data live, and on what terms',
  description:
    'Every table, index, file, log and copy of every plugin that can hold something about a person. Tables that nobody declared are in it too: exit code 3.',
  http: {method: 'GET', path: '/api/v1/gdpr/map'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({
    places: z.array(PlaceOutput),
    complete: z.boolean().describe('Whether each of them can be reached, and nothing is there that nobody declared'),
  }),
  cli: {
    rows: 'places',
    columns: ['place', 'plugin', 'basis', 'origin', 'found_by', 'retention', 'erasure'],
    examples: ['omni gdpr map', 'omni gdpr map --json'],
  },
  outcome: ({complete}) => (complete ? 0 : 3),
  handler: () => import('../handlers/gdpr-map.ts'),
})
