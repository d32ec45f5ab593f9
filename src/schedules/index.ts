export {InvalidScheduleError, nextTime} from './next-time.ts'
export {
  addSchedule,
  dueSchedules,
  listSchedules,
  type NewSchedule,
  removeSchedule,
  runSchedule,
  ScheduleExistsError,
  type ScheduleRow,
  ScheduleRunningError,
  UnknownScheduleError,
} from './schedule-book.ts'
