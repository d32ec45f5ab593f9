import {type Field, Flags, flagsFor, globalFlags, OperationCommand, type Typed, UsageError} from '@omni-ops/core/cli'
import type {Operation, OperationOutput} from '@omni-ops/core/operation'

const {output: _, ...ownFlags} = globalFlags

/** The global flags without `-o`, which names the file here. */
export const drawingGlobalFlags = ownFlags as typeof globalFlags

const kinds: Readonly<Record<string, string>> = {png: 'png', jpg: 'jpeg', jpeg: 'jpeg', webp: 'webp'}

export function drawingFlags(fields: readonly Field[]) {
  return {
    ...flagsFor(fields),
    out: Flags.string({char: 'o', summary: 'The file to write; several get numbers', helpValue: 'FILE'}),
    force: Flags.boolean({summary: 'Overwrite files'}),
  }
}

interface Drawn {
  readonly pictures: readonly {
    readonly data: string
    readonly width: number
    readonly height: number
    readonly seed: number | null
    readonly revised_prompt: string | null
  }[]
  readonly provider: string
  readonly model: string
  readonly cost_usd: string | null
}

/** Draws into files, whose names say their kind. Nothing is paid for where they cannot be written. */
export abstract class DrawingCommand<O extends Operation> extends OperationCommand<O> {
  protected override async input(typed: Typed): Promise<Record<string, unknown>> {
    const {out, force = false} = typed.values as {out?: string; force?: boolean}
    if (out === undefined && typed.format === undefined) {
      throw new UsageError('-o is missing: which file? Try: -o picture.png')
    }
    const input = await super.input(typed)
    if (out === undefined) return input
    const kind = kinds[/\.([a-z]+)$/i.exec(out)?.[1]?.toLowerCase() ?? '']
    if (kind === undefined) throw new UsageError(`The name of ${out} says no kind of picture: take .png, .jpg or .webp`)
    const {assertWritable} = await import('../media/write-output.ts')
    const count = typeof input.count === 'number' ? input.count : 1
    for (const path of numbered(out, count)) await assertWritable(path, {workingDirectory: process.cwd(), force})
    return {...input, format: kind}
  }

  protected override async print(output: OperationOutput<O>, typed: Typed): Promise<void> {
    const {out, force = false} = typed.values as {out?: string; force?: boolean}
    this.stopProgress()
    if (out === undefined) return super.print(output, typed)
    const drawn = output as Drawn
    const context = await this.context(this.operation.id, typed)
    const {writeOutput} = await import('../media/write-output.ts')
    const wanted = Number(typed.values.n ?? 1)
    const paths = numbered(out, Math.max(wanted, drawn.pictures.length))
    for (const [index, {data}] of drawn.pictures.entries()) {
      await writeOutput(paths[index]!, Buffer.from(data, 'base64'), {...context, force})
    }
    if (typed.format !== undefined) {
      const pictures = drawn.pictures.map((picture, index) => ({...picture, data: '', file: paths[index]!}))
      return super.print({...drawn, pictures} as OperationOutput<O>, typed)
    }
    const {stdout, stderr} = this.terminal
    for (const [index, {width, height, seed}] of drawn.pictures.entries()) {
      stdout.write(`${paths[index]}\t${width}x${height}${seed === null ? '' : `\tseed ${seed}`}\n`)
    }
    if (drawn.pictures.length < wanted) stderr.write(`Only ${drawn.pictures.length} of ${wanted} pictures came\n`)
    stderr.write(
      `${drawn.provider}/${drawn.model}, ${drawn.cost_usd === null ? 'price unknown' : `$${drawn.cost_usd}`}\n`,
    )
  }
}

/** `cat.png` alone, or `cat-1.png`, `cat-2.png`, … */
export function numbered(path: string, count: number): readonly string[] {
  if (count <= 1) return [path]
  const dot = path.lastIndexOf('.')
  return Array.from({length: count}, (_each, index) => `${path.slice(0, dot)}-${index + 1}${path.slice(dot)}`)
}
