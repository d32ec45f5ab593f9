import {homedir} from 'node:os'
import * as Flags from '@oclif/core/flags'
import type {Machine} from '../config/directories.ts'
import {configSet} from '../config/operations/set.ts'
import type {AvailableBackend} from '../init/language-models.ts'
import type {Context} from '../operation/context.ts'
import {ExitCode} from '../operation/errors.ts'
import {profileAdd} from '../profile/operations/add.ts'
import {profileRemove} from '../profile/operations/remove.ts'
import {whoami} from '../profile/operations/whoami.ts'
import {UsageError} from './error-display.ts'
import {globalFlags} from './flags.ts'
import {OmniCommand, type Typed} from './omni-command.ts'
import {printResult} from './output.ts'
import {readStandardInput} from './standard-input.ts'
import {
  type CompletionShell,
  completionPlace,
  completionShells,
  installCompletion,
  quoted,
  shellOf,
} from './completion/install.ts'

const backends = ['none', 'ollama', 'openai', 'anthropic'] as const

/** What the wizard found out, from flags or by asking. What is undefined stays as it is. */
interface Answers {
  readonly url: string | undefined
  readonly key: string | undefined
  readonly name: string
  readonly dataDirectory: string | undefined
  readonly backend: string | undefined
  readonly model: string | undefined
  readonly completion: CompletionShell | 'none'
}

interface StepResult {
  readonly flag: string
  readonly answer: string
  readonly result: unknown
}

/** Sets omni up: asks what has no flag, or takes the defaults where nobody can be asked. */
export class InitCommand extends OmniCommand {
  static override summary = 'Set omni up: where data lives, who writes answers, first documents, completion'
  static override description =
    'Asks, and tells the command line that gives the same answers again. Every question has a flag; with --no-input, in a pipe or in CI ' +
    'what has no flag keeps its default. Safe to run again.'
  static override examples = [
    'omni init',
    'omni init --no-input --documents ./docs --question "how long is the notice period?"',
    'omni init --llm ollama --model llama3.2 --completion bash',
    'omni init --url https://omni.example.com --key-stdin < key.txt',
  ]
  static override flags = {
    url: Flags.string({description: 'Work with this deployment instead of data on this machine', helpValue: 'URL'}),
    name: Flags.string({description: 'How to call the deployment’s profile [default: remote]', helpValue: 'NAME'}),
    'key-stdin': Flags.boolean({description: 'Read the key for the deployment from stdin'}),
    'data-dir': Flags.string({description: 'Keep database and indices in this directory', helpValue: 'DIR'}),
    llm: Flags.string({
      description: 'Who writes answers; none keeps to extracts',
      options: [...backends],
      helpValue: backends.join('|'),
    }),
    model: Flags.string({description: 'The model that writes them', helpValue: 'TEXT'}),
    documents: Flags.string({description: 'Documents to answer from', helpValue: 'PATH|URL'}),
    question: Flags.string({description: 'A first question about them', helpValue: 'TEXT'}),
    completion: Flags.string({
      description: 'Complete commands in this shell',
      options: [...completionShells, 'none'],
      helpValue: [...completionShells, 'none'].join('|'),
    }),
    'dry-run': Flags.boolean({description: 'Only tell what would be set'}),
  }
  static override baseFlags = globalFlags

  protected async execute(typed: Typed): Promise<ExitCode> {
    const before = await this.context('init', typed)
    const answers = await this.#answers(typed, before)
    if (typed.values['dry-run'] === true) {
      await printResult(
        {profile: before.profile.name, ...this.#told(answers), dry_run: true},
        typed.format,
        {},
        this.terminal,
      )
      return ExitCode.done
    }
    const profile = await this.#apply(answers, before)
    const files = await this.#installCompletion(answers.completion)
    await this.endSession()
    const context = await this.context('init', {...typed, values: {...typed.values, profile}})
    const steps = await this.#takeSteps(typed, context)
    this.stopProgress()
    const replay = this.#replay(answers, steps)
    if (typed.format !== undefined) {
      const where = context.remote?.url ?? context.directories.data
      await printResult(
        {profile, data: where, ...this.#told(answers), files, steps, replay},
        typed.format,
        {},
        this.terminal,
      )
      return ExitCode.done
    }
    this.terminal.stdout.write(
      [
        `Profile ${profile}: data ${context.remote ? 'at' : 'in'} ${context.remote?.url ?? context.directories.data}`,
        ...files.map(file => `Completion in ${file}; it works from the next shell on`),
        '',
        'The same again, without questions:',
        `  ${replay}`,
        'Next: omni rag query "…", omni doctor, omni help',
        '',
      ].join('\n'),
    )
    return ExitCode.done
  }

  async #answers(typed: Typed, context: Context): Promise<Answers> {
    const text = (flag: string) => typed.values[flag] as string | undefined
    const url = text('url') ?? (await this.#askForDeployment(typed))
    const completion = (text('completion') as Answers['completion'] | undefined) ?? (await this.#askForCompletion())
    const common = {name: text('name') ?? 'remote', completion}
    if (url !== undefined) {
      const local = ['data-dir', 'llm', 'model'].filter(flag => typed.values[flag] !== undefined)
      if (local.length > 0) {
        throw new UsageError(
          `--url names a deployment, which has ${local.map(flag => `--${flag}`).join(', ')} of its own`,
        )
      }
      const key = typed.values['key-stdin'] === true ? await readStandardInput(this.signal) : await this.#askForKey()
      return {...common, url, key, dataDirectory: undefined, backend: undefined, model: undefined}
    }
    const backend = text('llm')
    const model = text('model')
    if (model !== undefined && (backend === undefined || backend === 'none')) {
      throw new UsageError('--model needs --llm ollama, openai or anthropic')
    }
    const writer = backend === undefined ? await this.#askForWriter(context) : {backend, model}
    return {
      ...common,
      url,
      key: undefined,
      dataDirectory: text('data-dir') ?? (await this.#askForDirectory(context)),
      ...writer,
    }
  }

  async #askForDeployment(typed: Typed): Promise<string | undefined> {
    if (!this.terminal.interactive || typed.values['data-dir'] !== undefined) return undefined
    const {default: inquirer} = await import('inquirer')
    const {where} = await inquirer.prompt([
      {
        type: 'select',
        name: 'where',
        message: 'Where does your data live?',
        choices: [
          {name: 'On this machine', value: 'here'},
          {name: 'At a deployment of omni, over the network', value: 'there'},
        ],
      },
    ])
    if (where === 'here') return undefined
    const {url} = await inquirer.prompt([
      {type: 'input', name: 'url', message: 'Its URL', validate: text => URL.canParse(text) || 'please give a URL'},
    ])
    return url as string
  }

  async #askForKey(): Promise<string | undefined> {
    if (!this.terminal.interactive) return undefined
    const {default: inquirer} = await import('inquirer')
    const {key} = await inquirer.prompt([{type: 'password', name: 'key', message: 'Your key for it', mask: '•'}])
    return (key as string).trim() || undefined
  }

  async #askForDirectory({directories, settings}: Context): Promise<string | undefined> {
    if (!this.terminal.interactive) return undefined
    const {default: inquirer} = await import('inquirer')
    const {directory} = await inquirer.prompt([
      {type: 'input', name: 'directory', message: 'Directory for it', default: directories.data},
    ])
    const unchanged = directory === directories.data && settings.effective('data_dir').origin.kind === 'default'
    return unchanged ? undefined : (directory as string)
  }

  async #askForWriter({settings, signal}: Context): Promise<Pick<Answers, 'backend' | 'model'>> {
    if (!this.terminal.interactive) return {backend: undefined, model: undefined}
    const {availableBackends} = await import('../init/language-models.ts')
    const available = await availableBackends(settings, signal)
    const {default: inquirer} = await import('inquirer')
    const {chosen} = await inquirer.prompt([
      {
        type: 'select',
        name: 'chosen',
        message:
          available.length > 0 ? 'Who writes answers?' : 'Who writes answers? (no key is set and no Ollama runs)',
        choices: [
          {name: 'Nobody: verbatim extracts with citations; nothing leaves this machine', value: undefined},
          ...available.map(each => ({name: `${each.backend} (${each.found})`, value: each})),
        ],
      },
    ])
    const backend = chosen as AvailableBackend | undefined
    if (backend === undefined) return {backend: 'none', model: undefined}
    if (backend.models.length === 1) return {backend: backend.backend, model: backend.models[0]}
    const {model} = await inquirer.prompt([
      {type: 'select', name: 'model', message: 'Which model?', choices: [...backend.models]},
    ])
    return {backend: backend.backend, model: model as string}
  }

  async #askForCompletion(): Promise<Answers['completion']> {
    const shell = shellOf(machine())
    if (!this.terminal.interactive || shell === undefined) return 'none'
    const {script, line} = completionPlace(shell, machine(), this.config.bin)
    const {default: inquirer} = await import('inquirer')
    const also = line === undefined ? '' : `, and a line in ${line.file}`
    const {wanted} = await inquirer.prompt([
      {
        type: 'confirm',
        name: 'wanted',
        message: `Complete commands in ${shell}? (writes ${script}${also})`,
        default: true,
      },
    ])
    return wanted ? shell : 'none'
  }

  /** Makes the answers last. Returns the profile they went to. */
  async #apply(answers: Answers, context: Context): Promise<string> {
    const {url, key, name, dataDirectory, backend, model} = answers
    if (url !== undefined) return this.#addDeployment({url, key, name}, context)
    const settings = {data_dir: dataDirectory, 'llm.backend': backend, 'llm.model': model}
    for (const [setting, value] of Object.entries(settings)) {
      if (value !== undefined) await context.invoke(configSet, {name: setting, value})
    }
    return context.profile.name
  }

  /** Adds a profile that works; one that does not is taken away again. */
  async #addDeployment({url, key, name}: Pick<Answers, 'url' | 'key' | 'name'>, context: Context): Promise<string> {
    await context.invoke(profileAdd, {name, url, ...(key === undefined ? {} : {key}), use: true})
    await this.endSession()
    try {
      const there = await this.context('init', {values: {profile: name}, format: undefined, quiet: false})
      await there.invoke(whoami, {})
    } catch (error) {
      await context.invoke(profileRemove, {name})
      throw error
    }
    return name
  }

  async #installCompletion(shell: Answers['completion']): Promise<string[]> {
    if (shell === 'none') return []
    const place = completionPlace(shell, machine(), this.config.bin)
    const {completionScript} = await import('./completion-command.ts')
    await installCompletion(place, completionScript(shell, this.config))
    return [place.script, ...(place.line ? [place.line.file] : [])]
  }

  /** What the domains offer; a step without an answer is left out, and so are those after it. */
  async #takeSteps(typed: Typed, context: Context): Promise<StepResult[]> {
    const taken: StepResult[] = []
    for (const step of await context.registry.firstSteps()) {
      const answer = (typed.values[step.flag] as string | undefined) ?? (await this.#askForStep(step, context))
      if (answer === undefined) break
      const {told, result} = await step.run(answer, context)
      this.stopProgress()
      if (typed.format === undefined) this.terminal.stdout.write(`${told}\n`)
      taken.push({flag: step.flag, answer, result})
    }
    return taken
  }

  async #askForStep(
    {message, suggest}: Awaited<ReturnType<Context['registry']['firstSteps']>>[number],
    context: Context,
  ): Promise<string | undefined> {
    if (!this.terminal.interactive) return undefined
    const suggestion = await suggest(context)
    const {default: inquirer} = await import('inquirer')
    const {answer} = await inquirer.prompt([
      {type: 'input', name: 'answer', message, ...(suggestion === undefined ? {} : {default: suggestion})},
    ])
    return (answer as string).trim() || undefined
  }

  #told({url, dataDirectory, backend, model, completion}: Answers) {
    return {
      url: url ?? null,
      data_dir: dataDirectory ?? null,
      llm: backend ?? null,
      model: model ?? null,
      completion,
    }
  }

  /** The command line that gives these answers; a key never stands in one. */
  #replay(answers: Answers, steps: readonly StepResult[]): string {
    const {url, key, name, dataDirectory, backend, model, completion} = answers
    const flags = {
      url,
      name: url === undefined || name === 'remote' ? undefined : name,
      'data-dir': dataDirectory,
      llm: backend,
      model,
      completion: completion === 'none' ? undefined : completion,
      ...Object.fromEntries(steps.map(step => [step.flag, step.answer])),
    }
    const words = Object.entries(flags).flatMap(([flag, value]) =>
      value === undefined ? [] : [`--${flag}`, quoted(value)],
    )
    return ['omni init --no-input', ...words, ...(key === undefined ? [] : ['--key-stdin < key.txt'])].join(' ')
  }
}

function machine(): Machine {
  return {platform: process.platform, env: process.env, home: homedir()}
}
