import {
  argsFor,
  fieldsOf,
  Flags,
  flagsFor,
  OperationCommand,
  readStandardInput,
  type Typed,
  UsageError,
} from '@omni-ops/core/cli'
import {profileAdd} from '@omni-ops/core/profile/operations'

const fields = fieldsOf(profileAdd)

/** Takes the key from stdin or a file: what stands in argv, every process can read. */
export default class ProfileAdd extends OperationCommand<typeof profileAdd> {
  static override summary = profileAdd.summary
  static override description = profileAdd.description ?? ''
  static override examples = [...profileAdd.cli.examples]
  static override args = argsFor(fields, ['name'])
  static override flags = {
    ...flagsFor(fields),
    'key-stdin': Flags.boolean({description: 'Read the key for the deployment from stdin'}),
    'key-file': Flags.string({description: 'Read the key for the deployment from this file', helpValue: 'FILE'}),
  }
  protected readonly operation = profileAdd
  protected readonly fields = fields

  protected override async input(typed: Typed) {
    const input = await super.input(typed)
    const key = await this.#key(typed)
    if (key !== undefined && input.url === undefined) {
      throw new UsageError('A key is for a deployment: --url is missing', {
        hint: `${this.commandLine} prod --url URL --key-stdin`,
      })
    }
    return key === undefined ? input : {...input, key}
  }

  async #key(typed: Typed): Promise<string | undefined> {
    const file = typed.values['key-file'] as string | undefined
    if (typed.values['key-stdin'] === true) {
      if (file !== undefined) throw new UsageError('--key-stdin and --key-file name two keys')
      return readStandardInput(this.signal)
    }
    if (file === undefined) return undefined
    const {readFile} = await import('node:fs/promises')
    try {
      return (await readFile(file, 'utf8')).trim()
    } catch (error) {
      throw new UsageError(`--key-file: ${(error as Error).message}`, {cause: error})
    }
  }
}
