import type {ArchiveWriter} from '../archive/archive-target.ts'

/** This process. Signal 0 asks whether another is there (kill(2)); one of somebody else is, too. */
export const archiveWriter: ArchiveWriter = {
  process: process.pid,
  isRunning(other) {
    try {
      process.kill(other, 0)
      return true
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM'
    }
  },
}
