import {argsFor, fieldsOf, Flags, flagsFor, OperationCommand, type OmniCommand, type Typed} from '@omni-ops/core/cli'
import type {Operation, OperationOutput} from '@omni-ops/core/operation'

interface Published {
  readonly document: {readonly encoding: 'utf-8' | 'base64'; readonly content: string} | null
}

/** What a command takes beside its operation's fields where the answer is a document. */
export const outFlag = Flags.string({
  description: 'Write the document to this file, or - for stdout',
  helpValue: 'FILE',
})

/** A command whose answer is a document: it is written to a file, whose name says the form, or to stdout. */
export abstract class DocumentCommand extends OperationCommand<Operation> {
  protected override async input(typed: Typed): Promise<Record<string, unknown>> {
    const input = await super.input(typed)
    if (typed.values.out !== undefined && !('as' in input)) input.as = formOf(String(typed.values.out))
    return input
  }

  protected override async print(output: OperationOutput<Operation>, typed: Typed): Promise<void> {
    const {document} = output as Published
    const out = typed.values.out as string | undefined
    if (document === null || (out === undefined && typed.format !== undefined)) return super.print(output, typed)
    this.stopProgress()
    const bytes = Buffer.from(document.content, document.encoding === 'base64' ? 'base64' : 'utf8')
    const {writeBytes} = await import('./write-bytes.ts')
    await writeBytes(bytes, out ?? '-', this.terminal)
    if (out === undefined || out === '-') return
    if (typed.format === undefined) this.terminal.stderr.write(`Wrote ${out}\n`)
    await super.print({...output, document: null}, typed)
  }
}

/** The command of an operation that writes a document. */
export function documentCommand(operation: Operation): typeof OmniCommand {
  const fields = fieldsOf(operation)
  const command = class extends DocumentCommand {
    static override summary = operation.summary
    static override description = operation.description
    static override examples = [...operation.cli.examples]
    static override flags = {...flagsFor(fields), out: outFlag}
    static override args = argsFor(fields, operation.cli.args ?? [])
    protected readonly operation = operation
    protected readonly fields = fields
  }
  return command as unknown as typeof OmniCommand
}

/** From the name of a file: `ropa.pdf` is a PDF. */
function formOf(out: string): string {
  const [, extension] = /\.(pdf|csv|json)$/i.exec(out) ?? []
  return extension?.toLowerCase() ?? 'text'
}
