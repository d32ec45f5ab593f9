import type {Handler} from '@omni-ops/core/operation'
import {civilDateAt} from '../clock/civil-date.ts'
import type {zvopDeceased} from '../operations/zvop-deceased.ts'
import {judgeDeceasedDisclosure} from '../zvop/deceased.ts'

export const handle: Handler<typeof zvopDeceased> = async (input, {clock, settings}) =>
  judgeDeceasedDisclosure({...input, today: civilDateAt(clock.now(), settings.get('privacy.time_zone') as string)})
