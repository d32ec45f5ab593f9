import {Flags, OmniCommand, type Typed, writeDocument} from '@omni-ops/core/cli'
import {ExitCode} from '@omni-ops/core/operation'

export default class ApiOpenapi extends OmniCommand {
  static override summary = 'Write the OpenAPI document of this program'
  static override description =
    'The document that `omni serve` has at /openapi.json, for generators of clients, gateways and documents.'
  static override examples = [
    'omni api openapi > openapi.json',
    'omni api openapi --version 3.0 -o yaml --out openapi.yaml',
    'omni api openapi --server-url https://omni.example.com',
  ]
  static override flags = {
    version: Flags.option({
      options: ['3.1', '3.0'] as const,
      summary: 'The version of OpenAPI [default: 3.1]',
      helpValue: '3.1|3.0',
    })(),
    'server-url': Flags.string({description: 'Where the API is reached', helpValue: 'URL'}),
    out: Flags.string({description: 'Write to this file instead of stdout', helpValue: 'FILE', default: '-'}),
  }

  protected async execute(typed: Typed): Promise<ExitCode> {
    const {programDocument} = await import('@omni-ops/core/server/openapi')
    const document = await programDocument(await this.registry(), {
      version: this.config.version,
      format: typed.values.version === '3.0' ? '3.0' : '3.1',
      ...(typed.values['server-url'] === undefined ? {} : {serverUrl: typed.values['server-url'] as string}),
    })
    await writeDocument(document, typed.values.out as string, typed.format)
    return ExitCode.done
  }
}
