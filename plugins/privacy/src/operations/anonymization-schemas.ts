import * as z from 'zod'

/** What a search can minimise; docs/privacy-anonymity.md defines each. */
const Objective = z.enum(['entropy', 'entropy-with-suppression', 'discernibility', 'discernibility-star', 'loss'])

/** A table in a request; larger ones are anonymised where they are, by the command. */
export const Columns = z.array(z.string()).min(1).max(1000).describe('The names of the columns')
export const Rows = z.array(z.array(z.string())).min(1).max(200_000).describe('The rows, each a list of texts')

export const HierarchyInput = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('rows'),
      rows: z.array(z.array(z.string())).min(1).describe('Each a value and its generalisations, from fine to coarse'),
    }),
    z.object({kind: z.literal('interval'), width: z.number().positive(), levels: z.int().min(1).max(30).optional()}),
    z.object({kind: z.literal('redaction')}),
    z.object({kind: z.literal('date')}),
    z.object({kind: z.literal('suppression')}),
  ])
  .meta({id: 'Hierarchy', description: 'How the values of a column are generalised'})

const diversity = z.number().min(1)

export const SensitiveInput = z
  .discriminatedUnion('kind', [
    z.object({kind: z.literal('distinct-l-diversity'), attribute: z.string(), l: diversity}),
    z.object({kind: z.literal('entropy-l-diversity'), attribute: z.string(), l: diversity}),
    z.object({
      kind: z.literal('recursive-l-diversity'),
      attribute: z.string(),
      l: z.int().min(1),
      c: z.number().positive(),
    }),
    z.object({
      kind: z.literal('t-closeness'),
      attribute: z.string(),
      t: z.number().min(0).max(1),
      distance: z.union([z.enum(['equal', 'ordered']), HierarchyInput]),
    }),
  ])
  .meta({id: 'SensitiveLimit', description: 'A limit on what a class may show of a sensitive column'})

const share = z.number().min(0).max(1)

export const PresenceInput = z
  .object({minimum: share, maximum: share})
  .refine(({minimum, maximum}) => minimum <= maximum, 'the minimum is above the maximum')

export const thresholdField = share.default(0.2).describe('A risk of re-identification above this counts as at risk')

/** What a table has to satisfy, without the table. */
export const anonymizationFields = {
  quasi_identifiers: z
    .array(z.object({name: z.string(), hierarchy: HierarchyInput}))
    .min(1)
    .describe('The columns by which somebody could be recognised, and how they are generalised'),
  sensitive: z.array(SensitiveInput).default([]).describe('Limits on what a class may show of a sensitive column'),
  person: z.string().optional().describe('The column that names the person of a row'),
  subset: z.string().optional().describe('The column that tells rows of the table from the population around it'),
  presence: PresenceInput.optional().describe(
    'δ-presence: the share of a class of the population that is in the table',
  ),
  keep: z.array(z.string()).default([]).describe('Further columns to publish as they are'),
  k: z.int().min(1).default(5).describe('The least number of persons behind each combination of values'),
  suppression: share.default(0).describe('The share of rows that may be left out'),
  algorithm: z
    .enum(['optimal', 'mondrian'])
    .default('optimal')
    .describe('The global optimum over the hierarchies, or a quick partition of large tables'),
  objective: Objective.default('loss').describe('What the optimum minimises'),
  risk_threshold: thresholdField,
}

/** The same as a schema, for a table that stays where it is. */
export const AnonymizationInput = z.object(anonymizationFields)

const attack = {
  highest: z.number().describe('Of the person who is easiest to recognise'),
  average: z.number().describe('Of all persons'),
  at_risk: z.number().describe('The share of persons above the threshold'),
}

export const RiskOutput = z
  .object({
    persons: z.int().describe('How many persons the table is about'),
    classes: z.int().describe('How many combinations of quasi-identifiers there are'),
    smallest_class: z.int().describe('The fewest persons who share one'),
    largest_class: z.int().describe('The most persons who share one'),
    average_class: z.number().describe('Persons per combination'),
    unique: z.int().describe('Persons who are alone in their class'),
    prosecutor: z.object(attack).describe('The attacker knows that the person is in the table'),
    journalist: z
      .object({...attack, population: z.boolean().describe('Measured against a population around the table')})
      .describe('The attacker does not know whether the person is in the table'),
    marketer: z.number().describe('The share of persons an attacker recognises who wants as many as possible'),
  })
  .meta({id: 'ReidentificationRisk', description: 'The risk that somebody is recognised, from 0 to 1'})

export const AnonymizationOutput = z
  .object({
    rows: z.int().describe('How many rows were read'),
    persons: z.int().describe('How many persons they are about'),
    algorithm: z.enum(['optimal', 'mondrian']).describe('What was used'),
    k: z.int().describe('The least number of persons behind each combination of values'),
    attributes: z.array(
      z.object({
        name: z.string(),
        level: z.int().optional(),
        highest_level: z.int().optional(),
        loss: z.number().optional(),
        certainty_penalty: z.number(),
      }),
    ),
    suppressed_rows: z.int(),
    suppressed_share: z.number(),
    information_loss: z.object({
      entropy: z.number().optional(),
      entropy_with_suppression: z.number().optional(),
      entropy_share: z.number().optional(),
      discernibility: z.number(),
      loss: z.number().optional(),
      loss_geometric: z.number().optional(),
      certainty_penalty: z.number(),
    }),
    risk: z.object({before: RiskOutput, after: RiskOutput}),
    search: z.object({objective: Objective, cost: z.number(), nodes: z.int(), checked: z.int()}).optional(),
    dropped: z.array(z.string()).describe('Columns that are not published'),
  })
  .meta({id: 'AnonymizationReport', description: 'What anonymisation did, cost and left'})
