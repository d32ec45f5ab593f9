import type {Handler} from '@omni-ops/core/operation'
import {rules} from '../law/rule.ts'
import type {gdprRules} from '../operations/law.ts'
import {ruleOutput} from './log-output.ts'

export const handle: Handler<typeof gdprRules> = async ({law}) => ({
  rules: rules()
    .filter(({id}) => law === undefined || id.startsWith(`${law}.`))
    .map(ruleOutput),
})
