export {
  type Deadline,
  deadline,
  type DeadlineOptions,
  extend,
  ExtensionRefusedError,
  type Moment,
  type Regime,
  regimes,
} from './deadline.ts'
export {type CivilDate, civilDateAt} from './civil-date.ts'
export {WorkFreeDays} from './work-free-days.ts'
