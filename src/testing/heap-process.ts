import {setImmediate} from 'node:timers/promises'
import {getHeapSpaceStatistics, setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'
import {keepHeapSmall} from '../server/heap-growth.ts'

/*
 * A process that makes objects of which many live for a while, as requests under way do, then is idle, and is busy again:
 * `node heap-process.ts`. It prints how many bytes its space for new objects came to in each of the three.
 */
keepHeapSmall(8 * 1024 * 1024)
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as (options: {readonly type: 'major'; readonly flavor: 'last-resort'}) => void
const sizeForNew = () => getHeapSpaceStatistics().find(({space_name: name}) => name === 'new_space')!.space_size

/** @param living how many objects are under way */
async function work(living: number): Promise<number> {
  const underWay: unknown[] = []
  let most = 0
  for (let round = 0; round < 2_000; round += 1) {
    for (let count = 0; count < 1_000; count += 1) underWay[(round * 1_000 + count) % living] = {count, parts: [round]}
    // As between requests: then it is told what was collected.
    await setImmediate()
    most = Math.max(most, sizeForNew())
  }
  return most
}

const busy = await work(200_000)
// As V8 does where nothing happens for a while.
collect({type: 'major', flavor: 'last-resort'})
const idle = sizeForNew()
process.stdout.write(JSON.stringify({busy, idle, again: await work(2_000)}))
