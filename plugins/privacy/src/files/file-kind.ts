import {open} from 'node:fs/promises'
import {InvalidInputError} from '@omni-ops/core/operation'

/** What a file is by its first bytes, whatever its name says. A DOCX is a ZIP archive, mail is text: only their names tell them from others. */
export type FileKind = 'text' | 'mail' | 'pdf' | 'docx' | 'sqlite' | 'binary'

/** A file is damaged, protected, or larger than what is read of its kind. */
export class UnreadableFileError extends InvalidInputError {
  override readonly code = 'unreadable_file'
}

/** So many bytes tell the kind. */
export const examinedBytes = 8192

/** Readers of PDF look for its mark in so many bytes (ISO 32000-1, annex H.3.4.1). */
const pdfMarkWithin = 1024

/** The kind of a file by its name and first bytes. A zero byte, which no text holds, is the test that git and grep use. */
export function kindOfBytes(name: string, head: Uint8Array): FileKind {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, examinedBytes))
  if (bytes.subarray(0, 16).equals(Buffer.from('SQLite format 3\0'))) return 'sqlite'
  if (bytes.subarray(0, pdfMarkWithin).includes('%PDF-')) return 'pdf'
  if (bytes.subarray(0, 4).equals(Buffer.from('PK\x03\x04'))) return isWord(name, bytes) ? 'docx' : 'binary'
  if (bytes.includes(0)) return 'binary'
  return /\.(?:eml|mbox|mbx)$/i.test(name) ? 'mail' : 'text'
}

/** Without a name, as on stdin, by the parts that Word writes first. */
function isWord(name: string, bytes: Buffer): boolean {
  return /\.do[ct][xm]$/i.test(name) || (name === '-' && (bytes.includes('word/') || bytes.includes('[Content_Types]')))
}

/** The kind of a file that is there. */
export async function kindOf(path: string): Promise<FileKind> {
  const file = await open(path)
  try {
    const {buffer, bytesRead} = await file.read(Buffer.alloc(examinedBytes), 0, examinedBytes, 0)
    return kindOfBytes(path, buffer.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}
