import {open, rename, rm} from 'node:fs/promises'

/** Writes a file whole or not at all: nobody ever reads a half, and what was there stays until the new one is on disk. */
export async function writeFileWhole(path: string, content: string | Uint8Array): Promise<void> {
  const partial = `${path}.${process.pid}.partial`
  try {
    const file = await open(partial, 'w', 0o600)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(partial, path)
  } catch (error) {
    await rm(partial, {force: true})
    throw error
  }
}
