import {isLoopbackAddress} from '@omni-ops/core/net'
import type {Context} from '@omni-ops/core/operation'
import {residencyAgainst, thisMachine} from '@omni-ops/core/privacy'
import type {Capability, ProviderAdapter, ProviderName} from '../model/provider-adapter.ts'
import type {PricedModel, TokenRates} from '../pricing/completion-price.ts'
import type {Deployment} from '../routing/deployment.ts'
import {NoProviderError} from '../routing/errors.ts'
import {applicationDefault} from './application-default.ts'
import {countryOfLocation} from './country-of-location.ts'
import {type Access, accessFrom, isReachableBy, whereToSet} from './credentials.ts'
import {entraIdentityFrom} from './entra-identity-from.ts'
import type {DeploymentSettings} from './schema.ts'

/** What is known of a model. */
export interface ModelFacts {
  readonly capabilities: readonly Capability[]
  readonly contextTokens: number | null
  readonly maxOutputTokens: number | null
}

/** Which model an adapter asks. */
interface AskedModel {
  readonly provider: ProviderName
  readonly model: string
  readonly baseModel?: string
}

/** Opens adapters and knows models: the providers, as the configuration sees them. */
export interface OpenAdapter {
  adapter(options: Access & AskedModel): Promise<ProviderAdapter>
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
  const region = regionOf(given, settings)
  // What Google promises of a location, it promises of its own models.
  const isGoogles = provider === 'vertex' && !model.startsWith('claude-')
  const country = isGoogles && region !== null ? countryOfLocation(region) : undefined
  const nonResident = residencyAgainst(settings, country ?? region)
  let opened: Promise<ProviderAdapter> | undefined
  return {
    id: given.id,
    provider,
    model,
    region,
    ...(country === undefined ? {} : {country}),
    ...(nonResident === undefined ? {} : {nonResident}),
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
    priced: pricedModel(given, accessFrom(settings, provider)),
    keySource: keySourceOf(given),
    // What is missing may be there the next time: a file with a key, say.
    adapter: () =>
      (opened ??= openWith(given, settings, open).catch((error: unknown) => {
        opened = undefined
        throw error
      })),
  }
}

function regionOf(given: DeploymentSettings, settings: Context['settings']): string | null {
  if (given.region !== undefined) return given.region
  if (given.provider === 'vertex') return accessFrom(settings, 'vertex').region ?? null
  return given.provider === 'ollama' && isHere(given, settings) ? thisMachine : null
}

/** Whether the Ollama that answers runs on this machine. */
function isHere({base_url: own}: DeploymentSettings, settings: Context['settings']): boolean {
  const address = own ?? accessFrom(settings, 'ollama').baseUrl
  return address === undefined || isLoopbackAddress(address)
}

async function openWith(
  given: DeploymentSettings,
  settings: Context['settings'],
  open: OpenAdapter,
): Promise<ProviderAdapter> {
  const {provider, model} = given
  const shared = accessFrom(settings, provider)
  const apiKey = keyOf(given, shared, settings)
  const {apiKey: _, ...keyless} = shared
  const access: Access = {
    ...keyless,
    ...(apiKey === undefined ? {} : {apiKey}),
    ...(given.base_url === undefined ? {} : {baseUrl: given.base_url}),
    ...(given.region === undefined ? {} : {region: given.region}),
    ...(given.project === undefined ? {} : {project: given.project}),
    ...(given.auth === 'entra' ? {identity: entraIdentityFrom(settings)} : {}),
    ...(given.api_version === undefined ? {} : {apiVersion: given.api_version}),
  }
  if (isReachableBy(access, provider)) {
    const named = given.base_model === undefined ? {} : {baseModel: given.base_model}
    return open.adapter({...access, ...named, provider: spokenBy(provider, access), model})
  }
  throw lacking(given, access)
}

/** @throws NoProviderError where the key that the deployment names is not there: no other takes its place */
function keyOf(
  {id, provider, key_ref, auth}: DeploymentSettings,
  shared: Access,
  settings: Context['settings'],
): string | undefined {
  if (auth === 'entra') return undefined
  if (key_ref === undefined) return provider === 'vertex' ? applicationDefault(settings) : shared.apiKey
  const secret = settings.secretOf(key_ref)
  if (secret !== undefined) return secret
  const variable = key_ref.replace(/^env:/, '')
  throw new NoProviderError(`The deployment ${id} has no key: ${variable} is not set`, {hint: `set ${variable}`})
}

/** Says what a deployment has no request without: its key, or where it goes. */
function lacking({id, provider}: DeploymentSettings, {baseUrl, region}: Access): NoProviderError {
  if (provider === 'azure' && baseUrl === undefined) {
    const hint = 'give it a base_url, or set AZURE_OPENAI_ENDPOINT'
    return new NoProviderError(`The deployment ${id} has no address of its Azure resource`, {hint})
  }
  if (provider === 'bedrock' && region === undefined) {
    const hint = 'give it a region, or set AWS_REGION'
    return new NoProviderError(`The deployment ${id} has no AWS region`, {hint})
  }
  if (provider === 'vertex') {
    const hint = 'give it a region, or set GOOGLE_CLOUD_LOCATION'
    return new NoProviderError(`The deployment ${id} has no location of Google Cloud`, {hint})
  }
  const missing = whereToSet[provider]
  return new NoProviderError(`The deployment ${id} has no key: ${missing} is not set`, {hint: `set ${missing}`})
}

/** A server that takes no key is not OpenAI's, and only speaks like it. */
function spokenBy(provider: ProviderName, {apiKey}: Access): ProviderName {
  return provider === 'openai' && apiKey === undefined ? 'openai-compatible' : provider
}

function keySourceOf({provider, key_ref, auth}: DeploymentSettings): string {
  if (auth === 'entra') return 'Microsoft Entra ID'
  if (key_ref !== undefined) return key_ref
  if (provider === 'vertex') return 'Application Default Credentials'
  return provider === 'ollama' ? 'none needed' : whereToSet[provider]
}

/** The provider's list says nothing of another server, unless the configuration says whose price it has. */
function pricedModel(given: DeploymentSettings, shared: Access): PricedModel | undefined {
  const {provider, model, base_model, price} = given
  const priced = {provider, model: base_model ?? model}
  if (price !== undefined) return {...priced, rates: ratesFrom(price)}
  const baseUrl = given.base_url ?? shared.baseUrl
  const isOwn = baseUrl === undefined || provider === 'azure' || provider === 'bedrock' || provider === 'ollama'
  return isOwn || base_model !== undefined || isHostOf(provider, baseUrl) ? priced : undefined
}

const vendorDomains: Partial<Record<ProviderName, string>> = {
  openai: 'openai.com',
  anthropic: 'anthropic.com',
  gemini: 'googleapis.com',
  vertex: 'googleapis.com',
  cohere: 'cohere.com',
}

function isHostOf(provider: ProviderName, url: string): boolean {
  const domain = vendorDomains[provider]
  return domain !== undefined && `.${new URL(url).hostname}`.endsWith(`.${domain}`)
}

function ratesFrom(price: NonNullable<DeploymentSettings['price']>): TokenRates {
  const {input, output, cache_read, cache_write, cache_write_1h} = price
  return {
    input: Number(input),
    output: Number(output),
    ...(cache_read === undefined ? {} : {cacheRead: Number(cache_read)}),
    ...(cache_write === undefined ? {} : {cacheWrite: Number(cache_write)}),
    ...(cache_write_1h === undefined ? {} : {cacheWriteHour: Number(cache_write_1h)}),
  }
}
