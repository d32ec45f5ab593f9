import {PerformanceObserver} from 'node:perf_hooks'
import {getHeapSpaceStatistics, setFlagsFromString} from 'node:v8'

/** Bytes of both halves of the space for new objects. With half of that a request takes a tenth more CPU. */
const mostForNew = 64 * 1024 * 1024
/** Of what is in use: so much more may be allocated before everything is collected. */
const growingPercent = 100

/**
 * Keeps the heap of a process that serves close to what is in use. V8 otherwise gives new objects up to 128 MB and waits
 * with the old ones until they have doubled or tripled, which suits a program that ends soon: under load two thirds of the
 * heap are garbage. Both limits are read anew at each collection (`v8_flags` in V8's src/heap), so that they can be
 * set while the process runs (https://nodejs.org/api/v8.html#v8setflagsfromstringflags).
 *
 * @param mostNew bytes that the space for new objects may come to
 */
export function keepHeapSmall(mostNew: number = mostForNew): void {
  setFlagsFromString(`--heap-growing-percent=${growingPercent}`)
  const observer = new PerformanceObserver(() => {
    if (sizeForNew() < mostNew) return
    setFlagsFromString('--semi-space-growth-factor=1')
    observer.disconnect()
  })
  observer.observe({entryTypes: ['gc']})
}

function sizeForNew(): number {
  return getHeapSpaceStatistics().find(({space_name: name}) => name === 'new_space')?.space_size ?? 0
}
