import {PerformanceObserver} from 'node:perf_hooks'
import {getHeapSpaceStatistics, setFlagsFromString} from 'node:v8'

/**
 * Bytes of both halves of the space for new objects. With half of that, requests over many connections outlive it: they
 * take a tenth to a fifth more CPU and leave as much memory behind.
 */
const mostForNew = 64 * 1024 * 1024
/** Of what is in use: so much more may be allocated before everything is collected. */
const growingPercent = 100

/** V8's own, when the space for new objects turns out too small. */
const usualGrowth = 2

/**
 * What suits a server beside others better than a browser's page. New objects are collected by the thread that makes
 * them: there are few that survive, and to wake helpers for them and to wait for these takes longer, all the more where
 * the processors have other work (a tenth of the time of whole answers, a third of that of streams). What a compiler
 * has used is freed at once, and not by a helper whose turn comes later: 30 MB of it wait otherwise, and the system's
 * allocator keeps them.
 */
const flags = ['--no-parallel-scavenge', '--no-maglev-destroy-on-background']

/**
 * Keeps the heap of a process that serves close to what is in use. V8 otherwise gives new objects up to 128 MB and waits
 * with the old ones until they have doubled or tripled, which suits a program that ends soon: under load two thirds of the
 * heap are garbage. Both limits are read anew at each collection (`v8_flags` in V8's src/heap), so that they can be
 * set while the process runs (https://nodejs.org/api/v8.html#v8setflagsfromstringflags).
 *
 * @param mostNew bytes that the space for new objects may come to
 */
export function keepHeapSmall(mostNew: number = mostForNew): void {
  for (const flag of [...flags, `--heap-growing-percent=${growingPercent}`]) setFlagsFromString(flag)
  let grows = true
  const observer = new PerformanceObserver(() => {
    // V8 takes most of it away from a process that is idle, which must be able to get it back.
    const mayGrow = sizeForNew() < mostNew
    if (mayGrow === grows) return
    grows = mayGrow
    setFlagsFromString(`--semi-space-growth-factor=${mayGrow ? usualGrowth : 1}`)
  })
  observer.observe({entryTypes: ['gc']})
}

function sizeForNew(): number {
  return getHeapSpaceStatistics().find(({space_name: name}) => name === 'new_space')?.space_size ?? 0
}
