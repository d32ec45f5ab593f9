import {resolve} from 'node:path'
import {type Context, InvalidInputError} from '@omni-ops/core/operation'
import type {FormatName} from '../formats/format.ts'
import type {PieceSink} from '../files/write-pieces.ts'

export interface FileStreamsOptions {
  /** Relative to the working directory, or - for stdin. */
  readonly path: string
  /** Relative to the working directory; stdout where it is absent or -. */
  readonly out: string | undefined
  /** By the file's name where it is absent; stdin is text. */
  readonly format?: FormatName | undefined
  /** What the progress says is being done. */
  readonly label: string
}

/** A PDF, a Word document, a database or another file whose bytes are no text. */
export class NotRewritableError extends InvalidInputError {
  override readonly code = 'not_rewritable'
}

/** What a command reads and where it writes. Nothing is opened before it is used. */
export interface FileStreams {
  readonly format: FormatName
  readonly pieces: AsyncIterable<string>
  readonly sink: PieceSink
}

/** The streams of a command that turns one file into another, or stdin into stdout. Throws NotRewritableError. */
export async function fileStreams(
  {path, out, format, label}: FileStreamsOptions,
  context: Context,
): Promise<FileStreams> {
  const [{decodePieces, readPieces}, {fileSink, standardSink}, {formatOf}, {kindOf}] = await Promise.all([
    import('../files/read-pieces.ts'),
    import('../files/write-pieces.ts'),
    import('../formats/format.ts'),
    import('../files/file-kind.ts'),
  ])
  const at = (name: string) => resolve(context.workingDirectory, name)
  const fromStdin = path === '-'
  // A file that is not there is told when it is read; whoever names a format knows better.
  const kind = fromStdin || format !== undefined ? 'text' : await kindOf(at(path)).catch(() => 'text' as const)
  if (kind !== 'text') {
    throw new NotRewritableError(`${path} is no text, and only text is written back`, {
      hint: 'find what it holds with `omni privacy scan`, and replace it in a text or table that you export from it',
    })
  }
  let done = 0
  const reading = {
    name: fromStdin ? 'stdin' : path,
    signal: context.signal,
    read: (bytes: number) => {
      done += bytes
      context.emit({type: 'progress', label, done, unit: 'bytes'})
    },
  }
  return {
    format: format ?? (fromStdin ? 'text' : formatOf(path)),
    pieces: fromStdin ? decodePieces(process.stdin, reading) : readPieces(at(path), reading),
    sink: out === undefined || out === '-' ? standardSink(process.stdout) : fileSink(at(out), context.random.id()),
  }
}
