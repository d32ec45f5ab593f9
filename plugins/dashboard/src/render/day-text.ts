import type {ReportingPeriod} from '../query/reporting-period.ts'

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `2026-03-29` as `29 Mar 2026`: from its digits, so that no zone of this machine moves it. */
export function dayText(date: string): string {
  return `${dayOfYear(date)} ${date.slice(0, 4)}`
}

/** Two dates as people write a span: `20 May – 18 Jun 2026`. */
export function spanText({firstDay, lastDay}: {readonly firstDay: string; readonly lastDay: string}): string {
  if (firstDay === lastDay) return dayText(firstDay)
  const isOneYear = firstDay.slice(0, 4) === lastDay.slice(0, 4)
  return `${isOneYear ? dayOfYear(firstDay) : dayText(firstDay)} – ${dayText(lastDay)}`
}

/** The days of a dashboard for programs: `2026-05-20 to 2026-06-18 (Europe/Ljubljana)`. */
export function periodText({current, zone}: Pick<ReportingPeriod, 'current' | 'zone'>): string {
  return `${current.firstDay} to ${current.lastDay} (${zone})`
}

function dayOfYear(date: string): string {
  const [, month, day] = date.split('-')
  return `${Number(day)} ${months[Number(month) - 1]}`
}
