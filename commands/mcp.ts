import {Flags, OmniCommand, type Typed} from '@omni-ops/core/cli'
import {ExitCode} from '@omni-ops/core/operation'

export default class Mcp extends OmniCommand {
  static override summary = 'Serve every operation as a tool of the Model Context Protocol, over stdio'
  static override description =
    'For an assistant that starts this command itself. Works on the data of the profile, here or at its deployment. ' +
    'Ends when its stdin does.'
  static override examples = ['omni mcp', 'omni mcp --profile prod --allow-destructive']
  static override flags = {
    'allow-destructive': Flags.boolean({
      summary: 'Offer operations whose effect does not come back, such as rag_remove [setting: mcp.allow_destructive]',
    }),
  }

  protected async execute(typed: Typed): Promise<ExitCode> {
    const [context, {serveMcp}] = await Promise.all([this.context('mcp', typed), import('@omni-ops/core/server/mcp')])
    await serveMcp({
      context,
      version: this.config.version,
      allowDestructive:
        typed.values['allow-destructive'] === true || context.settings.get('mcp.allow_destructive') === true,
      input: process.stdin,
    })
    return ExitCode.done
  }
}
