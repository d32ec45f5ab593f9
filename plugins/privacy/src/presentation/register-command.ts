import {join, resolve} from 'node:path'
import {Args, fieldsOf, Flags, flagsFor, OperationCommand, type OmniCommand, type Typed} from '@omni-ops/core/cli'
import type {Operation, OperationOutput} from '@omni-ops/core/operation'
import type {RegisterName} from '../documents/register-template.ts'

interface Published {
  readonly document: {readonly encoding: 'utf-8' | 'base64'; readonly content: string} | null
}

/**
 * The command of an operation on a register: reads the YAML file where the user is, and writes the document there. What
 * the operation has as arguments is typed before the file.
 */
export function registerCommand(operation: Operation, name: RegisterName): typeof OmniCommand {
  const fields = fieldsOf(operation)
  const first = fields.filter(({positional}) => positional)
  const command = class extends OperationCommand<Operation> {
    static override summary = operation.summary
    static override description = operation.description
    static override examples = [...operation.cli.examples]
    static override flags = {
      ...flagsFor(fields),
      out: Flags.string({description: 'Write the document to this file, or - for stdout', helpValue: 'FILE'}),
    }
    static override args = {
      ...Object.fromEntries(
        first.map(field => [
          field.name,
          Args.string({description: field.description, required: true, ignoreStdin: true}),
        ]),
      ),
      file: Args.string({description: "The register's YAML file [default: in privacy.registers]", ignoreStdin: true}),
    }
    protected readonly operation = operation
    protected readonly fields = fields

    protected override async input(typed: Typed): Promise<Record<string, unknown>> {
      const input = await super.input(typed)
      if (typed.values.out !== undefined && !('as' in input)) input.as = formOf(String(typed.values.out))
      const [{readRegister}, {registerForms}] = await Promise.all([
        import('../registers/read-register.ts'),
        import('../registers/kinds.ts'),
      ])
      const {workingDirectory, settings} = await this.context(operation.id, typed)
      const {schema, file} = registerForms[name]
      const path = (typed.values.file as string | undefined) ?? join(settings.get('privacy.registers') as string, file)
      const register = await readRegister(resolve(workingDirectory, path), schema, path)
      return {...input, register}
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
  return command as unknown as typeof OmniCommand
}

/** From the name of a file: `ropa.pdf` is a PDF. */
function formOf(out: string): string {
  const [, extension] = /\.(pdf|csv|json)$/i.exec(out) ?? []
  return extension?.toLowerCase() ?? 'text'
}
