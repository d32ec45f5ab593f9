import {resolve} from 'node:path'
import {type Context, InvalidInputError} from '@omni-ops/core/operation'
import type {FileKind} from '../files/file-kind.ts'
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

/** A PDF, a Word document, a database or another file whose bytes are no text, where only text is written back. */
export class NotRewritableError extends InvalidInputError {
  override readonly code = 'not_rewritable'
}

/** The kind of a file that a command is to write again: text, whoever names a format, and stdin. A file that is not there is told when it is read. */
export async function kindToRewrite(
  path: string,
  format: FormatName | undefined,
  context: Pick<Context, 'workingDirectory'>,
): Promise<FileKind> {
  if (path === '-' || format !== undefined) return 'text'
  const {kindOf} = await import('../files/file-kind.ts')
  return kindOf(resolve(context.workingDirectory, path)).catch(() => 'text' as const)
}

/** Why a file can't be written again, with what to do instead. */
function notRewritable(path: string, kind: FileKind): NotRewritableError {
  if (kind === 'pdf') {
    return new NotRewritableError(
      `${path} is a PDF, and only a copy of it with what is found blacked out can be written`,
      {hint: `omni privacy mask ${path} --out COPY.pdf`},
    )
  }
  if (kind === 'mail') {
    return new NotRewritableError(`${path} is mail, whose texts are encoded: it is not written back as text`, {
      hint: `omni privacy mask ${path} --out COPY.eml, or --format text for what stands there as it is`,
    })
  }
  return new NotRewritableError(`${path} is no text, and only text is written back`, {
    hint: 'find what it holds with `omni privacy scan`, and replace it in a text or table that you export from it',
  })
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
  const [{decodePieces, readPieces}, {fileSink, standardSink}, {formatOf}] = await Promise.all([
    import('../files/read-pieces.ts'),
    import('../files/write-pieces.ts'),
    import('../formats/format.ts'),
  ])
  const at = (name: string) => resolve(context.workingDirectory, name)
  const fromStdin = path === '-'
  const kind = await kindToRewrite(path, format, context)
  if (kind !== 'text') throw notRewritable(path, kind)
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
    sink: out === undefined || out === '-' ? standardSink(process.stdout) : fileSink(at(out)),
  }
}
