import type {Hook} from '@oclif/core/hooks'
import {ExitCode} from '../operation/errors.ts'
import {UsageError} from './error-display.ts'
import {beforeSeparator, isGlobalFlag} from './leading-flags.ts'

/** Refuses flags that no topic has: where no command follows, oclif shows the topic's help and calls that a success. */
export const topicFlags: Hook<'init'> = async function ({id, argv, config}) {
  if (id === undefined || config.findCommand(id) || !config.findTopic(id)) return
  const unknown = beforeSeparator(argv).find(word => word.startsWith('-') && !isGlobalFlag(word) && !help.has(word))
  if (unknown === undefined) return
  const topic = `${config.bin} ${id.replaceAll(':', ' ')}`
  const error = new UsageError(`There is no flag ${unknown} of "${topic}", which is no command by itself`, {
    hint: `${topic} --help`,
  })
  // What oclif lets through a hook.
  throw Object.assign(error, {oclif: {exit: ExitCode.usage}})
}

const help = new Set(['--help', '-h'])
