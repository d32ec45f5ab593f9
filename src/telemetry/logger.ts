import type {Logger} from '../operation/context.ts'
import {redactFields} from './redact.ts'

export const logLevels = ['debug', 'info', 'warn', 'error', 'off'] as const
export type LogLevel = (typeof logLevels)[number]

/** One JSON object per line: time, level, message, fields; secrets redacted. */
export function jsonLogger(level: LogLevel, write: (line: string) => void, now: () => Date): Logger {
  const least = logLevels.indexOf(level)
  const at = (name: LogLevel) => (message: string, fields?: Record<string, unknown>) => {
    if (logLevels.indexOf(name) < least) return
    const entry = {time: now().toISOString(), level: name, message, ...fields}
    write(`${JSON.stringify(redactFields(entry))}\n`)
  }
  return {debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error')}
}
