import {setImmediate} from 'node:timers/promises'
import {getHeapSpaceStatistics} from 'node:v8'
import {keepHeapSmall} from '../server/heap-growth.ts'

/*
 * A process that makes objects of which many live for a while, as requests under way do: `node heap-process.ts`. It prints
 * how many bytes its space for new objects came to.
 */
keepHeapSmall(8 * 1024 * 1024)
const underWay: unknown[] = []
let most = 0
for (let round = 0; round < 3_000; round += 1) {
  for (let count = 0; count < 1_000; count += 1) underWay[(round * 1_000 + count) % 200_000] = {count, parts: [round]}
  // As between requests: then it is told what was collected.
  await setImmediate()
  most = Math.max(most, getHeapSpaceStatistics().find(({space_name: name}) => name === 'new_space')!.space_size)
}
process.stdout.write(String(most))
