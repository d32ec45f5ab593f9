import type {Context} from '@omni-ops/core/operation'
import type {Capability, ProviderAdapter, ProviderName} from '../model/provider-adapter.ts'
import type {TokenPrice} from '../pricing/price.ts'
import type {Deployment} from '../routing/deployment.ts'
import {NoProviderError} from '../routing/errors.ts'
import {type Access, accessFrom, isReachableBy, whereToSet} from './credentials.ts'
import {nanoFromDollars} from './money.ts'
import type {DeploymentSettings} from './schema.ts'

/** What is known of a model. */
export interface ModelFacts {
  readonly capabilities: readonly Capability[]
  readonly contextTokens: number | null
  readonly maxOutputTokens: number | null
}

/** Opens adapters and knows models: the providers, as the configuration sees them. */
export interface OpenAdapter {
  adapter(options: Access & {readonly provider: ProviderName; readonly model: string}): Promise<ProviderAdapter>
  facts(provider: ProviderName, model: string): ModelFacts
}

/** A deployment as it is configured. Its key is read, and its adapter opened, with the first request. */
export function deploymentFrom(
  given: DeploymentSettings,
  settings: Context['settings'],
  open: OpenAdapter,
): Deployment {
  const {provider, model} = given
  const facts = open.facts(provider, given.base_model ?? model)
  let opened: Promise<ProviderAdapter> | undefined
  return {
    id: given.id,
    provider,
    model,
    region: given.region ?? (provider === 'ollama' && given.base_url === undefined ? 'local' : null),
    weight: given.weight,
    order: given.order,
    rpm: given.rpm ?? null,
    tpm: given.tpm ?? null,
    maxParallel: given.max_parallel ?? null,
    tenants: given.tenants ?? null,
    capabilities: new Set(given.capabilities ?? facts.capabilities),
    contextTokens: given.context_tokens ?? facts.contextTokens,
    maxOutputTokens: given.max_output_tokens ?? facts.maxOutputTokens,
    quality: given.quality ?? null,
    price: given.price === undefined ? null : priceFrom(given.price),
    priceModel: given.base_model ?? model,
    isOwnServer: provider === 'ollama',
    keySource: keySourceOf(given),
    adapter: () => (opened ??= openWith(given, settings, open)),
  }
}

async function openWith(
  given: DeploymentSettings,
  settings: Context['settings'],
  open: OpenAdapter,
): Promise<ProviderAdapter> {
  const {provider, model, id} = given
  const shared = accessFrom(settings, provider)
  const apiKey = given.key_ref === undefined ? shared.apiKey : settings.secretOf(given.key_ref)
  const {apiKey: _, ...keyless} = shared
  const access: Access = {
    ...keyless,
    ...(apiKey === undefined ? {} : {apiKey}),
    ...(given.base_url === undefined ? {} : {baseUrl: given.base_url}),
    ...(given.region === undefined ? {} : {region: given.region}),
    ...(given.api_version === undefined ? {} : {apiVersion: given.api_version}),
  }
  if (isReachableBy(access, provider)) return open.adapter({...access, provider, model})
  const missing = given.key_ref ?? whereToSet[provider]
  throw new NoProviderError(`The deployment ${id} has no key: ${missing} is not set`, {hint: `set ${missing}`})
}

function keySourceOf({provider, key_ref}: DeploymentSettings): string {
  if (key_ref !== undefined) return key_ref
  return provider === 'ollama' ? 'none needed' : whereToSet[provider]
}

function priceFrom({input, output, cache_read, cache_write}: NonNullable<DeploymentSettings['price']>): TokenPrice {
  return {
    input: nanoFromDollars(input),
    output: nanoFromDollars(output),
    ...(cache_read === undefined ? {} : {cacheRead: nanoFromDollars(cache_read)}),
    ...(cache_write === undefined ? {} : {cacheWrite: nanoFromDollars(cache_write)}),
  }
}
