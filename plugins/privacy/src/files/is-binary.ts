import {open} from 'node:fs/promises'

const examined = 8192

/** Whether a file's beginning holds a zero byte, which no text does: the test that git and grep use. */
export async function isBinary(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const {buffer, bytesRead} = await file.read(Buffer.alloc(examined), 0, examined, 0)
    return buffer.subarray(0, bytesRead).includes(0)
  } finally {
    await file.close()
  }
}
