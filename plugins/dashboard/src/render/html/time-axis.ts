import type {Bucket} from '../../query/reporting-period.ts'
import {type ChartWidth, pixels} from './vega-svg.ts'

/** A few steps get a label: the first of each of so many equal stretches. */
export function timeAxis(buckets: readonly Bucket[], width: ChartWidth) {
  const labels = buckets.map(({label}) => axisLabel(label))
  const widest = Math.max(1, ...labels.map(each => each.length)) * 7 + 14
  const count = Math.max(2, Math.floor((pixels[width] - 60) / widest))
  const step = Math.max(1, Math.ceil(buckets.length / count))
  const shown = labels.flatMap((label, index) =>
    index % step === 0 && buckets.length - index > step / 3 ? [{label, index}] : [],
  )
  const texts = Object.fromEntries(shown.map(({label, index}) => [index, label]))
  return {
    title: null,
    grid: false,
    values: shown.map(({index}) => index),
    labelAngle: 0,
    labelAlign: 'center' as const,
    labelFlush: true,
    labelExpr: `${JSON.stringify(texts)}[datum.value]`,
  }
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `2026-03-29 14:00` as `29 Mar 14:00`: from its digits, so that no zone of this machine moves it. */
export function axisLabel(label: string): string {
  const [date = '', time] = label.split(' ')
  const [year, month, day] = date.split('-')
  const name = months[Number(month) - 1]
  if (day === undefined) return `${name} ${year}`
  return `${Number(day)} ${name}${time === undefined || time === '00:00' ? '' : ` ${time}`}`
}
