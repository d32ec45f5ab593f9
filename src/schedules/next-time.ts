import {InvalidInputError} from '../operation/errors.ts'

/** No times follow from what was given. */
export class InvalidScheduleError extends InvalidInputError {
  override readonly code = 'invalid_schedule'
}

/**
 * The first time after another at which a schedule is due. Days and hours are those of its zone: a time that clocks skip
 * comes when they have gone forward, and one that they repeat comes once.
 * @param cron five fields, as crontab(5) has them
 * @throws InvalidScheduleError for what is no schedule, no zone, or never comes
 */
export async function nextTime(cron: string, zone: string, after: Date): Promise<Date> {
  const {Cron} = await import('croner')
  const next = attempt(() => new Cron(cron, {mode: '5-part', timezone: zone}).nextRun(after), cron, zone)
  if (next === null) throw new InvalidScheduleError(`The schedule ${cron} never comes`)
  return next
}

function attempt(find: () => Date | null, cron: string, zone: string): Date | null {
  try {
    return find()
  } catch (error) {
    throw new InvalidScheduleError(`${cron} in ${zone} is no schedule: ${(error as Error).message}`, {
      hint: 'write minute, hour, day, month and weekday: "0 2 * * 1" is Monday at two',
      cause: error,
    })
  }
}
