import {Flags, OmniCommand, type Typed, writeDocument} from '@omni-ops/core/cli'
import {ExitCode} from '@omni-ops/core/operation'

export default class ApiPostman extends OmniCommand {
  static override summary = 'Write the API of this program as a Postman collection'
  static override description = 'A folder for each topic, and for each operation a request with its example.'
  static override examples = [
    'omni api postman --out omni.postman_collection.json',
    'omni api postman --server-url https://omni.example.com > omni.postman_collection.json',
  ]
  static override flags = {
    'server-url': Flags.string({description: 'Where the API is reached', helpValue: 'URL'}),
    out: Flags.string({description: 'Write to this file instead of stdout', helpValue: 'FILE', default: '-'}),
  }

  protected async execute(typed: Typed): Promise<ExitCode> {
    const {programDocument, postmanCollection} = await import('@omni-ops/core/server/openapi')
    const document = await programDocument(await this.registry(), {
      version: this.config.version,
      format: '3.0',
      ...(typed.values['server-url'] === undefined ? {} : {serverUrl: typed.values['server-url'] as string}),
    })
    await writeDocument(await postmanCollection(document), typed.values.out as string, typed.format)
    return ExitCode.done
  }
}
