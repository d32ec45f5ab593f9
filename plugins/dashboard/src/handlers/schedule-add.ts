import {type Handler, InvalidInputError} from '@omni-ops/core/operation'
import {addSchedule} from '@omni-ops/core/schedules'
import {sourceOf} from '../build/data-supply.ts'
import {build} from '../operations/build.ts'
import type {scheduleAdd} from '../operations/schedule-add.ts'
import {templateNamed} from '../templates/index.ts'
import {scheduleOut} from './schedule-out.ts'

export const handle: Handler<typeof scheduleAdd> = async (input, context) => {
  const {id, cron, names, priority_filter, sample, seed, source, where, output_dir} = input
  const zone = input.time_zone ?? (context.settings.get('dashboard.time_zone') as string)
  // What would fail every night is told now.
  for (const name of names) templateNamed(name)
  if (sample && source !== undefined) throw new InvalidInputError('Sample data or a source, and not both')
  if (!sample) sourceOf(source, context)
  const request = {
    names: [...names],
    ...(priority_filter === undefined ? {} : {priority_filter}),
    ...(sample ? {sample, seed} : {}),
    ...(source === undefined ? {} : {source}),
    time_zone: zone,
    where,
    output_dir,
  }
  return scheduleOut(await addSchedule({id, operation: build, input: request, cron, zone}, context))
}
