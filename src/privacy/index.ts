export {comparePrivacy, type PrivacyDifference, type RealTable} from './comparison.ts'
export * from './declaration.ts'
export {kernelPrivacy} from './kernel-declarations.ts'
export {readRealSchema} from './real-schema.ts'
