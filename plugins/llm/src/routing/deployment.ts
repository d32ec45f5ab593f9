import type {Capability, ProviderAdapter, ProviderName} from '../model/provider-adapter.ts'
import type {PricedModel} from '../pricing/completion-price.ts'

/** One model at one provider with one key, as the configuration or the environment gives it. */
export interface Deployment {
  readonly id: string
  readonly provider: ProviderName
  readonly model: string
  readonly region: string | null
  /** That data stay in, where the provider promises it of the region. */
  readonly country?: string
  /** Why data may not go there, where they have to stay in a country. */
  readonly nonResident?: string
  readonly weight: number
  readonly order: number
  readonly rpm: number | null
  readonly tpm: number | null
  readonly maxParallel: number | null
  /** Null lets every tenant in. */
  readonly tenants: readonly string[] | null
  readonly capabilities: ReadonlySet<Capability>
  readonly contextTokens: number | null
  readonly maxOutputTokens: number | null
  readonly quality: number | null
  /** Whose price is asked for; undefined where nobody knows: a server that only speaks the provider's protocol. */
  readonly priced: PricedModel | undefined
  /** Where its key comes from, for a person: never the key. */
  readonly keySource: string
  /** Opens the adapter, once. @throws NoProviderError where the key is missing */
  adapter(): Promise<ProviderAdapter>
}
