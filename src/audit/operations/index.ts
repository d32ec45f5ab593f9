export {auditExport} from './export.ts'
export {auditList} from './list.ts'
export {auditVerify} from './verify.ts'
