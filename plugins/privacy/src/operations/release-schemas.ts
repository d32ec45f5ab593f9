import * as z from 'zod'

const decimal = z.string().regex(/^[+-]?\d{1,20}(\.\d{1,20})?([eE][+-]?\d{1,2})?$/, 'expects a decimal number')

const bounds = {column: z.string(), lower: decimal, upper: decimal}

export const QuestionInput = z
  .discriminatedUnion('kind', [
    z.object({kind: z.literal('count')}),
    z.object({kind: z.literal('sum'), ...bounds}),
    z.object({kind: z.literal('mean'), ...bounds}),
    z.object({kind: z.literal('quantile'), ...bounds, quantile: decimal}),
    z.object({
      kind: z.literal('histogram'),
      column: z.string(),
      partitions: z.array(z.string()).min(1).max(100_000).optional(),
    }),
  ])
  .meta({id: 'Question', description: 'What is asked about a table'})

export const epsilonField = decimal.describe('ε: how much a single person can change the odds of any answer')
export const deltaField = decimal.describe('δ: the chance that ε does not hold')

/** A question and how it is answered, without the table. */
export const releaseFields = {
  question: QuestionInput,
  person: z.string().optional().describe('The column that names the person of a row; without it every row is a person'),
  max_rows: z.int().min(1).default(1).describe('How many rows of one person count'),
  max_partitions: z.int().min(1).default(1).describe('In how many values of a histogram one person counts'),
  resolution: decimal.default('1').describe('The grid on which values, noise and results lie'),
  mechanism: z.enum(['laplace', 'gaussian']).default('laplace').describe('The kind of noise'),
  epsilon: epsilonField,
  delta: deltaField.optional(),
}

/** The same as a schema, for a table that stays where it is. */
export const ReleaseInput = z.object(releaseFields)

export const budgetName = z
  .string()
  .min(1)
  .max(200)
  .describe('The privacy budget: one for each set of data, whoever asks')

export const Guarantee = z
  .object({epsilon: z.number().describe('ε'), delta: z.number().describe('δ')})
  .meta({id: 'PrivacyGuarantee', description: 'What answers have cost together'})

export const NoiseOutput = z
  .object({
    distribution: z
      .enum(['discrete Laplace', 'discrete Gaussian', 'exponential mechanism'])
      .describe('How it is distributed'),
    scale: z.number().optional().describe('Its scale, in units of the resolution'),
    within_95_percent: z.number().optional().describe('The noise is within ± this with a probability of 95 %'),
    threshold: z.number().optional().describe('Counts below this are not shown'),
  })
  .meta({id: 'ReleaseNoise', description: 'The noise in an answer'})

export const ReleaseOutput = z.object({
  release_id: z.string().describe('How the audit log and the budget name it'),
  values: z
    .array(
      z.object({
        partition: z.string().optional().describe('Of a histogram: the value that was counted'),
        value: z.string().describe('The answer, a decimal number'),
      }),
    )
    .describe('The answer; of a histogram, one for each value'),
  noise: NoiseOutput,
  budget: budgetName,
  spent: Guarantee,
})

export const BudgetOutput = z
  .object({
    name: z.string().describe('The set of data it is for'),
    epsilon: z.string().describe('ε of all releases together, a decimal number'),
    delta: z.string().describe('δ of all releases together, a decimal number'),
    created_at: z.string().describe('When it was opened, ISO 8601'),
    spent: Guarantee,
    releases: z.int().describe('How many answers were given'),
  })
  .meta({id: 'PrivacyBudget', description: 'A privacy budget and what is spent of it'})
