import type {SettingDeclaration} from '@omni-ops/core/operation'
import * as z from 'zod'
import {
  budgetSchema,
  cacheSchema,
  cooldownSchema,
  deploymentsSchema,
  groupsSchema,
  mediaPricesSchema,
  retrySchema,
  timeoutsSchema,
} from './configuration/schema.ts'

export const llmSettings: readonly SettingDeclaration[] = [
  {
    name: 'llm.deployments',
    description: 'Models with their provider, key reference, region and limits (docs/llm.md)',
    schema: deploymentsSchema,
    structured: true,
  },
  {
    name: 'llm.groups',
    description: 'Names for several deployments, how one is chosen, and what takes over',
    schema: groupsSchema,
    structured: true,
  },
  {
    name: 'llm.default',
    description: 'The group, deployment or provider/model that is asked where none is named',
    schema: () => z.string().min(1),
  },
  {
    name: 'llm.retry',
    description: 'How often a call is sent at most, and how long it waits in between',
    schema: retrySchema,
    structured: true,
  },
  {
    name: 'llm.cooldown',
    description: 'How long a deployment that fails is left alone',
    schema: cooldownSchema,
    structured: true,
  },
  {
    name: 'llm.timeouts',
    description: 'Seconds until accepted, until the first token, of silence, and in all',
    schema: timeoutsSchema,
    structured: true,
  },
  {
    name: 'llm.cache',
    description: 'Which answers are kept and given again',
    schema: cacheSchema,
    structured: true,
  },
  {
    name: 'llm.budgets',
    description: 'What may be spent on models, beside the budgets of `omni llm budget`',
    schema: () => z.array(budgetSchema()).max(1000),
    structured: true,
  },
  {
    name: 'llm.media_prices',
    description:
      'What seconds, characters and pictures cost where the list has no price or the contract says otherwise',
    schema: mediaPricesSchema,
    structured: true,
  },
  {
    name: 'llm.log_content',
    description: 'Keep prompts and answers with the usage records',
    schema: () => z.boolean(),
    default: false,
  },
  {
    name: 'llm.gemini_api_key',
    description: 'Key for Google Gemini',
    schema: () => z.string().min(1),
    env: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    secret: true,
  },
  {
    name: 'llm.gemini_base_url',
    description: 'Another server that speaks the Gemini protocol',
    schema: () => z.url(),
    env: ['GEMINI_BASE_URL'],
  },
  {
    name: 'llm.azure_api_key',
    description: 'Key for Azure OpenAI',
    schema: () => z.string().min(1),
    env: ['AZURE_OPENAI_API_KEY'],
    secret: true,
  },
  {
    name: 'llm.azure_base_url',
    description: 'The endpoint of the Azure OpenAI resource',
    schema: () => z.url(),
    env: ['AZURE_OPENAI_ENDPOINT'],
  },
  {
    name: 'llm.bedrock_region',
    description: 'The AWS region of Bedrock',
    schema: () => z.string().min(1),
    env: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
  },
  {
    name: 'llm.bedrock_api_key',
    description: 'API key for AWS Bedrock',
    schema: () => z.string().min(1),
    env: ['AWS_BEARER_TOKEN_BEDROCK'],
    secret: true,
  },
  {
    name: 'llm.aws_access_key_id',
    description: 'Access key of AWS, for Bedrock',
    schema: () => z.string().min(1),
    env: ['AWS_ACCESS_KEY_ID'],
    secret: true,
  },
  {
    name: 'llm.aws_secret_access_key',
    description: 'Secret key of AWS, for Bedrock',
    schema: () => z.string().min(1),
    env: ['AWS_SECRET_ACCESS_KEY'],
    secret: true,
  },
  {
    name: 'llm.aws_session_token',
    description: 'Session token of AWS, for Bedrock',
    schema: () => z.string().min(1),
    env: ['AWS_SESSION_TOKEN'],
    secret: true,
  },
]
