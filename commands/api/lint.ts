import {resolve} from 'node:path'
import {Args, OmniCommand, printResult, type Typed} from '@omni-ops/core/cli'
import {ExitCode} from '@omni-ops/core/operation'

export default class ApiLint extends OmniCommand {
  static override summary = 'Check an OpenAPI document, this program’s own by default'
  static override description =
    'With Redocly’s recommended rules. Exit code 7 where there is an error; warnings alone do not fail.'
  static override examples = [
    'omni api lint',
    'omni api lint ./openapi.yaml --json',
    'omni api openapi | omni api lint -',
  ]
  static override args = {
    file: Args.string({description: 'An OpenAPI document in JSON or YAML, or - for stdin', ignoreStdin: true}),
  }

  protected async execute(typed: Typed): Promise<ExitCode> {
    const {lintOpenApi, readOpenApiText} = await import('@omni-ops/core/server/openapi')
    const file = typed.values.file as string | undefined
    const problems = await lintOpenApi(
      file === undefined ? await this.#ownDocument() : await readOpenApiText(file, process.stdin),
      file === undefined || file === '-' ? resolve('openapi.json') : resolve(file),
    )
    const errors = problems.filter(each => each.severity === 'error').length
    const result = {errors, warnings: problems.length - errors, problems}
    await printResult(result, typed.format, {rows: 'problems'}, this.terminal)
    if (!typed.quiet && typed.format === undefined) {
      this.terminal.stderr.write(`${errors} errors, ${result.warnings} warnings\n`)
    }
    return errors > 0 ? ExitCode.gateFailed : ExitCode.done
  }

  async #ownDocument(): Promise<string> {
    const {programDocument} = await import('@omni-ops/core/server/openapi')
    const document = await programDocument(await this.registry(), {version: this.config.version, format: '3.1'})
    return JSON.stringify(document, null, 2)
  }
}
