export {AuditAnchorError} from './anchor.ts'
export {type AuditEntry, type AuditSubject, auditHash, auditVersion, genesisHash} from './audit-entry.ts'
export {canonicalJson, type Json} from './canonical-json.ts'
export {type Commitment, commitmentOf, type Opening, readOpenings, shredAudit} from './opening.ts'
export {type AuditFilter, type AuditPage, exportAudit, type ListAuditOptions, listAudit} from './read.ts'
export {
  type AuditProblem,
  type AuditProblemKind,
  type AuditVerification,
  type VerifyAuditOptions,
  verifyAudit,
} from './verify.ts'
