import type {Field} from './fields.ts'
import {nameOf} from './flags.ts'
import {UsageError} from './error-display.ts'
import type {Terminal} from './terminal.ts'

/**
 * Asks for required fields that were not given. Without a person to ask it throws one UsageError that names them all.
 */
export async function askMissing(
  fields: readonly Field[],
  input: Record<string, unknown>,
  terminal: Terminal,
  commandLine: string,
): Promise<void> {
  const missing = fields.filter(field => field.required && input[field.name] === undefined)
  if (missing.length === 0) return
  if (!terminal.interactive) {
    throw new UsageError(`Missing ${missing.map(nameOf).join(', ')}`, {
      hint: `${commandLine} --help`,
      details: {missing: missing.map(nameOf)},
    })
  }
  const {default: inquirer} = await import('inquirer')
  for (const field of missing) {
    const message = field.question ?? (field.description || nameOf(field))
    const {answer} = field.options
      ? await inquirer.prompt([{type: 'select', name: 'answer', message, choices: [...field.options]}])
      : await inquirer.prompt([{type: 'input', name: 'answer', message, validate: notEmpty}])
    input[field.name] = field.many
      ? [answer]
      : field.kind === 'integer' || field.kind === 'number'
        ? Number(answer)
        : answer
  }
}

function notEmpty(text: string): boolean | string {
  return text.trim() !== '' || 'please give a value'
}

export interface Confirmation {
  readonly what: string
  /** `yes`, or the text that has to be repeated. */
  readonly expects: 'yes' | {readonly text: string}
  readonly yes: boolean
  readonly confirm: string | undefined
  /** Whether `--dry-run` shows what would be done. */
  readonly rehearses: boolean
}

/** Makes sure that a dangerous thing is meant. Throws UsageError where it was not confirmed and nobody can be asked. */
export async function confirmDanger(confirmation: Confirmation, terminal: Terminal): Promise<void> {
  const {what, expects, rehearses} = confirmation
  if (expects === 'yes' ? confirmation.yes : confirmation.confirm === expects.text) return
  if (expects !== 'yes' && confirmation.confirm !== undefined) {
    throw new UsageError(`--confirm says "${confirmation.confirm}", expected "${expects.text}"; nothing was changed`)
  }
  if (!terminal.interactive) {
    throw new UsageError(`${what} needs a confirmation; nothing was changed`, {
      hint: `add ${expects === 'yes' ? '--yes' : `--confirm ${expects.text}`}${rehearses ? ', or look first with --dry-run' : ''}`,
    })
  }
  const {default: inquirer} = await import('inquirer')
  if (expects === 'yes') {
    const {sure} = await inquirer.prompt([{type: 'confirm', name: 'sure', message: `${what}?`, default: false}])
    if (sure) return
  } else {
    const {typed} = await inquirer.prompt([
      {type: 'input', name: 'typed', message: `${what}: type ${expects.text} to go on`},
    ])
    if (typed === expects.text) return
  }
  throw new UsageError('Not confirmed; nothing was changed')
}
