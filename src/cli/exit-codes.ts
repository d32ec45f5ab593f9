import {ExitCode} from '../operation/errors.ts'

const meanings: Readonly<Record<keyof typeof ExitCode, string>> = {
  done: 'Done',
  failure: 'Failed for a reason outside omni: a full disk, a refused connection, a broken file',
  usage: 'The command line, a setting or an input is not valid',
  partial: 'Done in part; what was left out is listed',
  denied: 'Not authenticated, or not allowed',
  notFound: 'What was named does not exist',
  conflict: 'Contradicts the present state; nothing was changed',
  gateFailed: 'Ran to its end, and a policy or quality gate failed',
  pending: 'Begun and not finished; ask again later',
  notConfigured: 'A provider, server or setting is missing or cannot be reached',
  bug: 'A bug of omni; the message names a report to send',
  cancelled: 'Cancelled by Ctrl-C or a signal; a second run goes on where it stopped',
}

/** Every exit code with what it means, in ascending order. */
export const exitCodes: readonly {readonly code: number; readonly name: string; readonly meaning: string}[] =
  Object.entries(meanings).map(([name, meaning]) => ({
    code: ExitCode[name as keyof typeof ExitCode],
    name: name.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`),
    meaning,
  }))
