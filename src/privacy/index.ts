export {comparePrivacy, type PrivacyDifference, type RealTable} from './comparison.ts'
export * from './declaration.ts'
export {filesBelow, occurrencesInFile} from './byte-scan.ts'
export {emptyPlace} from './empty-place.ts'
export {ErasureJournal} from './erasure-journal.ts'
export {ErasureKeyFileError, NoErasureKeyError} from './erasure-key.ts'
export {erasureOrder, unreachableTables} from './erasure-order.ts'
export {filePlace} from './file-place.ts'
export {placeName} from './handled-place.ts'
export {IdentifierSearch, isSearchable, normalisedIdentity, sameIdentity} from './identifier-search.ts'
export {joinedIdentities} from './joined-identities.ts'
export {kernelPrivacy} from './kernel-declarations.ts'
export {PersonalDataMap} from './personal-data-map.ts'
export * from './personal-store.ts'
export {
  noLimits,
  type OpenProcessingLimits,
  type ProcessingLimits,
  processingLimits,
  type Purpose,
} from './processing-limits.ts'
export {purgeRows} from './purge-rows.ts'
export {readRealSchema} from './real-schema.ts'
export * from './residency.ts'
export {keepReason, UnknownRecordError} from './sql-place.ts'
export {describeSuppressed, ErasedPersonError, type Intake, type Suppressed, Suppressions} from './suppressions.ts'
export {
  liftSuppression,
  NotSuppressedError,
  rehearseLift,
  type SuppressedIdentity,
  suppressedPerson,
  UnfinishedErasureError,
} from './suppression-lift.ts'
export {TombstoneFileError} from './tombstones.ts'
