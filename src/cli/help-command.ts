import * as Args from '@oclif/core/args'
import {loadHelpClass} from '@oclif/core/help'
import {ExitCode} from '../operation/errors.ts'
import {unknownCommand} from './command-not-found.ts'
import {exitCodes} from './exit-codes.ts'
import {OmniCommand, type Typed} from './omni-command.ts'
import {printResult} from './output.ts'

/** `omni help`, `omni help rag search`, `omni help exit-codes`. */
export class HelpCommand extends OmniCommand {
  static override summary = 'Explain a command, a topic, or the exit codes'
  static override usage = '<%= command.id %> [COMMAND|exit-codes]'
  static override examples = ['omni help', 'omni help config set', 'omni help exit-codes']
  static override args = {
    subject: Args.string({
      description: 'The words of a command or topic, or exit-codes',
      multiple: true,
      ignoreStdin: true,
    }),
  }

  protected async execute(typed: Typed): Promise<ExitCode> {
    const words = (typed.values.subject as readonly string[] | undefined) ?? []
    if (words.join(' ') === 'exit-codes') {
      await printResult({exit_codes: exitCodes}, typed.format, {rows: 'exit_codes'}, this.terminal)
      return ExitCode.done
    }
    const id = words.join(':')
    const known = words.length === 0 || this.config.findCommand(id) || this.config.findTopic(id)
    if (!known) throw unknownCommand(words.join(' '), this.config)
    const Help = await loadHelpClass(this.config)
    await new Help(this.config, this.config.pjson.oclif.helpOptions).showHelp([...words])
    return ExitCode.done
  }
}
