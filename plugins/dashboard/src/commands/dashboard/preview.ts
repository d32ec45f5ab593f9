import {Args, globalFlags, OmniCommand, printResult, type Typed, UsageError} from '@omni-ops/core/cli'
import {ExitCode} from '@omni-ops/core/operation'

/** Opens a file of this machine, so that there is no operation behind it. */
export default class DashboardPreview extends OmniCommand {
  static override summary = 'Open a dashboard that was built in the browser'
  static override description =
    'Without a name the one that was built last. To a pipe, and where there is no browser, it prints where the page is.'
  static override usage = '<%= command.id %> [NAME] [FLAGS]'
  static override examples = ['omni dashboard preview', 'omni dashboard preview "Revenue Analytics"']
  static override args = {
    name: Args.string({description: 'The name or the id of a dashboard', ignoreStdin: true}),
  }
  static override baseFlags = globalFlags

  protected async execute(typed: Typed): Promise<ExitCode> {
    const context = await this.context('dashboard.preview', typed)
    if (context.remote !== undefined) {
      throw new UsageError('What was built is on another machine', {hint: `look at ${context.remote.url}/dashboards`})
    }
    const [{join}, {pathToFileURL}, {dashboardsDirectory}, {pageId, pageNamed}, {firstFileOf, stateOf}] =
      await Promise.all([
        import('node:path'),
        import('node:url'),
        import('../../build/output-directory.ts'),
        import('../../build/page-of-id.ts'),
        import('../../build/page-shelf.ts'),
      ])
    const page = await pageNamed(typed.values.name as string | undefined, context)
    const file = join(dashboardsDirectory(context), firstFileOf(page))
    const state = await stateOf(page, context)
    if (state === 'gone') {
      const {MissingPageError} = await import('../../build/page-of-id.ts')
      throw new MissingPageError(`${file} is gone`, {hint: 'build it again'})
    }
    const opened = this.terminal.stdout.isTerminal && (await this.#open(pathToFileURL(file).href))
    if (typed.format === undefined) this.terminal.stdout.write(`${file}\n`)
    else await printResult({id: pageId(page.path), file, state, opened}, typed.format, {}, this.terminal)
    if (state === 'changed' && !typed.quiet) {
      this.terminal.stderr.write('The page was changed since it was built\n')
    }
    return ExitCode.done
  }

  async #open(address: string): Promise<boolean> {
    const {openInBrowser} = await import('../../live/open-browser.ts')
    return openInBrowser(address, process)
  }
}
