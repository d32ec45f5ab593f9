import * as Args from '@oclif/core/args'
import type {Config} from '@oclif/core/config'
import {ExitCode} from '../operation/errors.ts'
import {bashCompletion} from './completion/bash.ts'
import {commandTable} from './completion/command-table.ts'
import {fishCompletion} from './completion/fish.ts'
import {zshCompletion} from './completion/zsh.ts'
import {UsageError} from './error-display.ts'
import {OmniCommand, type Typed} from './omni-command.ts'

const shells = {bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion} as const

/** The script for a shell. */
export function completionScript(shell: keyof typeof shells, config: Config): string {
  return shells[shell](config.bin, commandTable(config))
}

/** Prints a script for a shell that completes every command without starting omni. */
export class CompletionCommand extends OmniCommand {
  static override summary = 'Print the script that completes commands in a shell'
  static override description =
    'Commands, flags and the values of flags with fixed values; files where a path is expected. The script is fixed text: pressing Tab starts no program.'
  static override usage = '<%= command.id %> bash|zsh|fish'
  static override examples = [
    'source <(omni completion bash)',
    'omni completion zsh > "${fpath[1]}/_omni"',
    'omni completion fish > ~/.config/fish/completions/omni.fish',
  ]
  static override args = {
    shell: Args.string({
      description: 'The shell that will read it',
      options: Object.keys(shells),
      required: true,
      ignoreStdin: true,
    }),
  }

  protected async execute(typed: Typed): Promise<ExitCode> {
    const shell = typed.values.shell as keyof typeof shells | undefined
    if (shell === undefined) throw new UsageError('Missing SHELL', {hint: 'omni completion bash, zsh or fish'})
    const script = completionScript(shell, this.config)
    this.terminal.stdout.write(typed.format === 'json' ? `${JSON.stringify({shell, script})}\n` : script)
    return ExitCode.done
  }
}
