import type {Runtime} from '../runtime.ts'
import {systemOf} from '../store/system.ts'
import {type KeyRow, statusOf} from './key-ring.ts'

/** A key's rotations are followed so far; each takes a person to do it. */
const mostRotations = 1_000

/**
 * Whether work may still be done in the name of a key: it works, or it ended by being rotated and the key in its place
 * works. One that was revoked or has expired stands for nothing any more.
 * @param prefix names the key, of any tenant.
 */
export async function keyStands(runtime: Pick<Runtime, 'store' | 'clock'>, prefix: string): Promise<boolean> {
  const {database} = systemOf(await runtime.store())
  const keys = database.selectFrom('omni_api_keys').selectAll()
  let row: KeyRow | undefined = await keys.where('prefix', '=', prefix).executeTakeFirst()
  for (let rotations = 0; row !== undefined && rotations < mostRotations; rotations += 1) {
    const status = statusOf(row, runtime.clock.now())
    if (status === 'active') return true
    if (status === 'revoked' || row.replaced_by === null) return false
    row = await keys.where('tenant', '=', row.tenant).where('id', '=', row.replaced_by).executeTakeFirst()
  }
  return false
}
