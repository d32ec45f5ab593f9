import {link, mkdir, readFile, rm, writeFile} from 'node:fs/promises'
import {dirname} from 'node:path'
import type {Randomness} from '../operation/context.ts'

const keyBytes = 32

/**
 * The key in a file that only its owner can read; made where there is none, by one of those who try at the same time.
 * Undefined where the file holds no key. Throws what the file system throws.
 */
export async function keyFromFile(path: string, random: Pick<Randomness, 'bytes'>): Promise<string | undefined> {
  const key = (await readExisting(path)) ?? (await makeFile(path, random))
  return key.length >= keyBytes ? key : undefined
}

async function readExisting(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function makeFile(path: string, random: Pick<Randomness, 'bytes'>): Promise<string> {
  const key = Buffer.from(random.bytes(keyBytes)).toString('base64')
  const partial = `${path}.${Buffer.from(random.bytes(8)).toString('hex')}`
  await mkdir(dirname(path), {recursive: true, mode: 0o700})
  try {
    await writeFile(partial, `${key}\n`, {mode: 0o600, flag: 'wx', flush: true})
    // Unlike a rename, a link does not take the place of a key that another process has made meanwhile.
    await link(partial, path)
    return key
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return (await readFile(path, 'utf8')).trim()
  } finally {
    await rm(partial, {force: true})
  }
}
