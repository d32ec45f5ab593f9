import {randomUUID} from 'node:crypto'
import {mkdir, rm, statfs, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Context} from '../operation/context.ts'
import type {Finding} from '../operation/plugin.ts'

const leastFreeBytes = 1_000_000_000

/** Whether each directory can be written, and whether the data has room to grow. Plugins may well be nobody's to install. */
export async function checkDirectories({directories}: Context): Promise<readonly Finding[]> {
  const {plugins: _, ...needed} = directories
  const findings = await Promise.all(
    Object.entries(needed).map(([name, path]) => checkWritable(`${name} directory`, path)),
  )
  return [...findings, ...(await checkSpace(directories.data))]
}

async function checkWritable(name: string, path: string): Promise<Finding> {
  const probe = join(path, `.doctor-${randomUUID()}`)
  try {
    await mkdir(path, {recursive: true, mode: 0o700})
    await writeFile(probe, '')
    await rm(probe)
    return {name, status: 'ok', message: path}
  } catch (error) {
    return {
      name,
      status: 'problem',
      message: `cannot write to ${path}: ${(error as Error).message}`,
      fix: `make ${path} writable for this user, or choose another with XDG_*_HOME or OMNI_DATA_DIR`,
    }
  }
}

/** Nothing where the directory is not there: that it cannot be made has been told. */
async function checkSpace(path: string): Promise<readonly Finding[]> {
  const space = await statfs(path).catch(() => undefined)
  if (space === undefined) return []
  const free = space.bavail * space.bsize
  const message = `${(free / 1e9).toFixed(1)} GB free where the data is`
  if (free >= leastFreeBytes) return [{name: 'disk space', status: 'ok', message}]
  const fix = 'free some space, or move the data with OMNI_DATA_DIR'
  return [{name: 'disk space', status: 'warning', message, fix}]
}
