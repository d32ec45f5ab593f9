/**
 * Locations of Google Cloud where Google promises that models run there, for those that it lists
 * (https://docs.cloud.google.com/gemini-enterprise-agent-platform/resources/data-residency, as of 23 November 2026). `us`
 * is several locations in one country, `eu` in several; of `global` and all others nothing is promised.
 */
const countries: Readonly<Record<string, string>> = {
  us: 'US',
  'southamerica-east1': 'BR',
  'northamerica-northeast1': 'CA',
  'europe-west9': 'FR',
  'europe-west3': 'DE',
  'europe-west4': 'NL',
  'europe-west2': 'GB',
  'australia-southeast1': 'AU',
  'asia-south1': 'IN',
  'asia-northeast1': 'JP',
  'asia-southeast1': 'SG',
  'asia-northeast3': 'KR',
}

/** The country that data for a location of Google Cloud stay in; undefined where that is not promised. */
export function countryOfLocation(location: string): string | undefined {
  return countries[location]
}
