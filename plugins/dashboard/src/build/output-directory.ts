import {createHash} from 'node:crypto'
import {mkdir, realpath} from 'node:fs/promises'
import {join, sep} from 'node:path'
import {type Context, DeniedError} from '@omni-ops/core/operation'

/** A directory that lies elsewhere than it says, such as behind a symbolic link. */
export class OutsideDashboardsError extends DeniedError {
  override readonly code = 'outside_dashboards'
}

/** Where a tenant's dashboards lie. Names of tenants that no file system takes as they are become a digest. */
export function dashboardsDirectory({directories, tenant}: Pick<Context, 'directories' | 'tenant'>): string {
  const isPlain = /^[a-z0-9][a-z0-9_-]{0,63}$/.test(tenant)
  const name = isPlain ? tenant : `_${createHash('sha256').update(tenant).digest('hex').slice(0, 40)}`
  return join(directories.data, 'dashboards', name)
}

/**
 * Makes a directory below a tenant's dashboards and returns where it really is.
 * @throws OutsideDashboardsError where links lead out of them
 */
export async function outputDirectory(base: string, relative: string): Promise<string> {
  await mkdir(base, {recursive: true, mode: 0o700})
  const root = await realpath(base)
  const parts = relative.split('/').filter(part => part !== '')
  let directory = root
  // Step by step, since making all at once would make directories behind a link.
  for (const part of parts) {
    const next = join(directory, part)
    await mkdir(next, {mode: 0o700}).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    directory = await realpath(next)
    if (!directory.startsWith(root + sep)) {
      throw new OutsideDashboardsError(`${relative} leads out of the dashboards directory`)
    }
  }
  return directory
}
