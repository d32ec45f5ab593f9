import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {replaceFile} from './yaml-file.ts'

/** The profile that is always there. */
export const defaultProfile = 'default'

const fileName = 'current-profile'

/** The profile that `omni profile use` chose; undefined where none was. */
export async function readCurrentProfile(configDirectory: string): Promise<string | undefined> {
  const text = await readFile(join(configDirectory, fileName), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return ''
    throw error
  })
  return text.trim() || undefined
}

export async function writeCurrentProfile(configDirectory: string, name: string): Promise<void> {
  await replaceFile(join(configDirectory, fileName), `${name}\n`)
}
