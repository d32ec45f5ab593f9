export type {
  Clock,
  Context,
  Directories,
  Logger,
  OperationEvent,
  Principal,
  Profile,
  Randomness,
  Remote,
} from './context.ts'
export * from './errors.ts'
export {
  AnswerMismatchError,
  hasScope,
  type InputProblem,
  InputMismatchError,
  invoke,
  invokeHere,
  OutputMismatchError,
  parseInput,
  requireScopes,
} from './invoke.ts'
export {
  type CommandLine,
  defineOperation,
  type Effects,
  type Handler,
  type Operation,
  type OperationDefinition,
  type OperationInput,
  type OperationOutput,
} from './operation.ts'
export {lazily} from './lazily.ts'
export {defineEvent, type EventDefinition} from './event.ts'
export {
  definePlugin,
  type Finding,
  type FirstStep,
  type OpenLanguageModel,
  type OpenMeter,
  type Plugin,
  type SettingDeclaration,
} from './plugin.ts'
export type {DescribedStream, StreamParameter} from './described-stream.ts'
export type {ReportedColumn, ReportedForm, ReportedTable} from './reported-table.ts'
export {nearest} from './nearest.ts'
export {type InstalledPlugins, Registry} from './registry.ts'
