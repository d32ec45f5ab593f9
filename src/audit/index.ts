export {AuditAnchorError} from './anchor.ts'
export {type AuditEntry, type AuditSubject, auditHash, auditVersion, genesisHash} from './audit-entry.ts'
export {canonicalJson, type Json} from './canonical-json.ts'
