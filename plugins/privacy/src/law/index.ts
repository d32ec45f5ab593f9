export {citationOf, clockedRights, type LawName, type LegalRule, type Period, rule, rules} from './rule.ts'
