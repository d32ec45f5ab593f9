import {ExitCode, OmniError} from '../operation/errors.ts'

/** Personal data would leave the country that they have to stay in. Nothing was sent. */
export class ResidencyError extends OmniError {
  readonly code = 'residency'
  readonly exitCode = ExitCode.gateFailed
  readonly httpStatus = 403
}

/** What may be elsewhere than this machine: each has its location in `residency.locations`. */
export const residencyPlaces = ['remote', 'database', 'vectors', 'embeddings'] as const
export type ResidencyPlace = (typeof residencyPlaces)[number]

/** The location of what runs on this machine, wherever that stands. */
export const thisMachine = 'local'

interface ReadSettings {
  get(name: string): unknown
}

/**
 * Why data may not go to a location; undefined where they may. What is on this machine goes nowhere; of everything else
 * the location has to be known. Without `residency.country` data may go anywhere.
 */
export function residencyAgainst(settings: ReadSettings, location: string | null | undefined): string | undefined {
  const country = settings.get('residency.country') as string | undefined
  if (country === undefined || location === thisMachine) return undefined
  if (location?.toUpperCase() === country) return undefined
  return `it is in ${location ?? 'no known country'}, and data may not leave ${country}`
}

/** Where a place is, as the settings say; undefined where they do not. */
export function locationOf(settings: ReadSettings, place: ResidencyPlace): string | undefined {
  const locations = settings.get('residency.locations') as Readonly<Record<string, string>> | undefined
  return locations?.[place]
}

/**
 * Asked before anything is sent to a place that is not on this machine.
 * @param what The place as a person knows it: an address without its secrets, a provider's name.
 * @throws ResidencyError where data have to stay in a country, and the settings do not say that the place is there
 */
export function assertResident(settings: ReadSettings, place: ResidencyPlace, what: string): void {
  const against = residencyAgainst(settings, locationOf(settings, place))
  if (against === undefined) return
  throw new ResidencyError(`${what} is not used: ${against}`, {
    hint: `set residency.locations.${place} where you know where it is; docs/zvop.md`,
    details: {place},
  })
}
