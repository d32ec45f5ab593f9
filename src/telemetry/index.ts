export {writeErrorReport} from './error-report.ts'
export {jsonLogger, type LogLevel, logLevels} from './logger.ts'
export {redact, redactFields} from './redact.ts'
