export {comparePrivacy, type PrivacyDifference, type RealTable} from './comparison.ts'
export * from './declaration.ts'
export {kernelPrivacy} from './kernel-declarations.ts'
export {readRealSchema} from './real-schema.ts'
export type {PersonalDataMap} from './personal-data-map.ts'
export * from './personal-store.ts'
export {
  noLimits,
  type OpenProcessingLimits,
  type ProcessingLimits,
  processingLimits,
  type Purpose,
} from './processing-limits.ts'
