import type {MeteredUnit} from '@omni-ops/core/llm'
import {lazily} from '@omni-ops/core/operation'
import * as z from 'zod'
import {capabilities, providerNames} from '../model/provider-adapter.ts'

/** What a deployment, group or budget may be called. */
export const routeName = lazily(() =>
  z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/i, 'must be letters, digits, ., - and _, at most 63'),
)

const seconds = lazily(() => z.number().positive().max(86_400))

/** US dollars, exactly: written as text or as a number that a person would write. */
const usd = lazily(() =>
  z
    .union([z.string(), z.number()])
    .transform(String)
    .pipe(z.string().regex(/^\d{1,9}(\.\d{1,9})?$/, 'must be US dollars, such as 12.50')),
)

/** What other gateways call it. */
const keyWords: ReadonlySet<string> = new Set(['api_key', 'apiKey', 'key', 'token'])

export const deploymentSchema = lazily(() =>
  z.strictObject(
    {
      id: routeName(),
      provider: z.enum(providerNames),
      /** As the provider calls it; for Azure the name of the deployment there. */
      model: z.string().min(1).max(200),
      /** Where the server is, if not the provider's own. */
      base_url: z.url().optional(),
      /** Where data goes: `eu`, `us`, `local`; for Bedrock the AWS region, for Vertex AI the location. */
      region: z.string().min(1).max(60).optional(),
      /** Of Google Cloud, for Vertex AI, where the credentials do not say. */
      project: z
        .string()
        .regex(/^[a-z0-9][a-z0-9.:-]{0,62}$/, 'must be the ID or number of a project of Google Cloud')
        .optional(),
      /** For Azure: tokens of Microsoft Entra instead of a key. */
      auth: z.enum(['key', 'entra']).optional(),
      /** For Azure. */
      api_version: z.string().min(1).max(40).optional(),
      /** The model whose price and abilities this has, where the name does not say: an Azure deployment. */
      base_model: z.string().min(1).max(200).optional(),
      key_ref: z
        .string()
        .regex(
          /^(env:[A-Za-z_][A-Za-z0-9_]*|file:\/.+)$/,
          'must be env:NAME or file:/absolute/path; keys stay out of this file',
        )
        .optional(),
      weight: z.number().min(0).max(1_000_000).default(1),
      order: z.int().min(0).max(1000).default(0),
      rpm: z.int().min(1).optional(),
      tpm: z.int().min(1).optional(),
      max_parallel: z.int().min(1).optional(),
      /** Only these tenants; all without it. */
      tenants: z.array(z.string().min(1)).min(1).optional(),
      capabilities: z.array(z.enum(capabilities)).optional(),
      context_tokens: z.int().min(1).optional(),
      max_output_tokens: z.int().min(1).optional(),
      /** From 0 to 100, for the strategies quality and balanced. */
      quality: z.number().min(0).max(100).optional(),
      /** US dollars for a million tokens, where the price list does not know the model or the contract says otherwise. */
      price: z
        .strictObject({
          input: usd(),
          output: usd(),
          cache_read: usd().optional(),
          cache_write: usd().optional(),
          /** For an hour instead of 5 minutes. */
          cache_write_1h: usd().optional(),
        })
        .optional(),
    },
    {
      error: ({code, keys}) =>
        code === 'unrecognized_keys' && (keys as readonly string[]).some(key => keyWords.has(key))
          ? 'keys stay out of this file: write key_ref, env:NAME or file:/absolute/path'
          : undefined,
    },
  ),
)

export const strategies = ['cost', 'speed', 'quality', 'balanced', 'weighted', 'least_busy', 'order'] as const

export const groupSchema = lazily(() =>
  z.strictObject({
    deployments: z.array(z.string().min(1)).min(1),
    strategy: z.enum(strategies).default('order'),
    /** Groups or deployments that take over when none here answers. */
    fallbacks: z.array(z.string().min(1)).default([]),
    /** That take over when the prompt is too long for these. */
    context_fallbacks: z.array(z.string().min(1)).default([]),
    /** That take over when a filter refuses. */
    content_fallbacks: z.array(z.string().min(1)).default([]),
  }),
)

export const retrySchema = lazily(() =>
  z.strictObject({
    /** Requests in one call, over the whole chain. */
    attempts: z.int().min(1).max(50).default(5),
    /** Requests to one deployment in one call. */
    per_deployment: z.int().min(1).max(10).default(2),
    first_wait: seconds().default(0.5),
    longest_wait: seconds().default(20),
  }),
)

export const cooldownSchema = lazily(() =>
  z.strictObject({
    /** After a failure; doubled with each further one in a row. */
    base: seconds().default(15),
    longest: seconds().default(600),
    /** Server errors in a row until a deployment cools. */
    failures: z.int().min(1).max(100).default(2),
  }),
)

export const timeoutsSchema = lazily(() =>
  z.strictObject({
    connect: seconds().default(10),
    first_token: seconds().default(120),
    idle: seconds().default(60),
    total: seconds().default(600),
  }),
)

export const cacheSchema = lazily(() =>
  z.strictObject({
    exact: z.boolean().default(false),
    ttl: z
      .number()
      .positive()
      .max(90 * 86_400)
      .default(3600),
    max_entries: z.int().min(1).max(1_000_000).default(10_000),
    /** Also answers to requests with tools. */
    with_tools: z.boolean().default(false),
    /** Also answers that another run would word otherwise. */
    with_temperature: z.boolean().default(false),
    /** Also answers to prompts that mean nearly the same: the least cosine of their vectors. */
    semantic: z.strictObject({threshold: z.number().min(0.5).max(1)}).optional(),
  }),
)

/** As the kernel names them; its module of models is not loaded for the sake of a setting. */
const units = [
  'audio_seconds',
  'characters',
  'images',
  'input_text_tokens',
  'input_image_tokens',
  'input_audio_tokens',
  'output_text_tokens',
  'output_image_tokens',
  'output_audio_tokens',
] as const satisfies readonly MeteredUnit[]

/** By `provider/model`: US dollars for so many of a unit. */
export const mediaPricesSchema = lazily(() =>
  z.record(
    z.string().regex(/^[a-z-]+\/.{1,200}$/, 'must be provider/model'),
    z.partialRecord(z.enum(units), z.strictObject({usd: usd(), per: z.int().min(1).default(1)})),
  ),
)

export const budgetWindows = ['day', 'week', 'month', 'total'] as const
export const budgetScopes = ['tenant', 'key', 'model'] as const

const timeZone = lazily(() =>
  z.string().refine(isTimeZone, 'must be a time zone of the IANA database, such as Europe/Ljubljana'),
)

export const budgetSchema = lazily(() =>
  z.strictObject({
    scope: z.enum(budgetScopes).default('tenant'),
    /** The key's prefix or the model; every one by itself where it is not given. The scope tenant needs none. */
    of: z.string().min(1).max(200).optional(),
    window: z.enum(budgetWindows).default('month'),
    time_zone: timeZone().default('UTC'),
    usd: usd(),
    /** A hard budget refuses; a soft one warns. */
    hard: z.boolean().default(true),
  }),
)

function isTimeZone(name: string): boolean {
  try {
    Intl.DateTimeFormat('en', {timeZone: name})
    return true
  } catch {
    return false
  }
}

/** Every deployment once; names that a group refers to are checked with the groups. */
export const deploymentsSchema = lazily(() =>
  z
    .array(deploymentSchema())
    .min(1)
    .max(1000)
    .superRefine((list, check) => {
      const seen = new Set<string>()
      for (const [index, {id, provider, base_url, auth, key_ref}] of list.entries()) {
        if (seen.has(id))
          check.addIssue({code: 'custom', path: [index, 'id'], message: `two deployments are called ${id}`})
        seen.add(id)
        if (auth === 'entra' && provider !== 'azure')
          check.addIssue({code: 'custom', path: [index, 'auth'], message: 'entra is for azure alone'})
        if (auth === 'entra' && key_ref !== undefined)
          check.addIssue({
            code: 'custom',
            path: [index, 'key_ref'],
            message: 'entra takes the place of a key: leave one out',
          })
        if (provider === 'openai-compatible' && base_url === undefined) {
          check.addIssue({code: 'custom', path: [index], message: `${id} needs a base_url: no vendor has its address`})
        }
      }
    }),
)

export const groupsSchema = lazily(() => z.record(routeName(), groupSchema()))

export type DeploymentSettings = z.output<ReturnType<typeof deploymentSchema>>
export type GroupSettings = z.output<ReturnType<typeof groupSchema>>
export type RetrySettings = z.output<ReturnType<typeof retrySchema>>
export type CooldownSettings = z.output<ReturnType<typeof cooldownSchema>>
export type TimeoutSettings = z.output<ReturnType<typeof timeoutsSchema>>
export type CacheSettings = z.output<ReturnType<typeof cacheSchema>>
export type BudgetSettings = z.output<ReturnType<typeof budgetSchema>>
export type Strategy = (typeof strategies)[number]
