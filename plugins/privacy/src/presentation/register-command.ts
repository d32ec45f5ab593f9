import {join, resolve} from 'node:path'
import {Args, fieldsOf, flagsFor, type OmniCommand, type Typed} from '@omni-ops/core/cli'
import type {Operation} from '@omni-ops/core/operation'
import type {RegisterName} from '../documents/register-template.ts'
import {DocumentCommand, outFlag} from './document-command.ts'

/**
 * The command of an operation on a register: reads the YAML file where the user is, and writes the document there. What
 * the operation has as arguments is typed before the file.
 */
export function registerCommand(operation: Operation, name: RegisterName): typeof OmniCommand {
  const fields = fieldsOf(operation)
  const first = fields.filter(({positional}) => positional)
  const command = class extends DocumentCommand {
    static override summary = operation.summary
    static override description = operation.description
    static override examples = [...operation.cli.examples]
    static override flags = {
      ...flagsFor(fields),
      out: outFlag,
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
  }
  return command as unknown as typeof OmniCommand
}
