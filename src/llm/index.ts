export * from './errors.ts'
export type * from './language-model.ts'
export {
  type Backend,
  DEFAULT_MODELS,
  type LanguageModelOptions,
  languageModelFrom,
  openLanguageModel,
} from './language-model-from.ts'
