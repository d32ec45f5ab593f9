import type {Handler} from '@omni-ops/core/operation'
import {measureRisk} from '../anonymity/anonymize.ts'
import type {risk} from '../operations/risk.ts'
import {tableOf} from '../table/table-source.ts'
import {riskOutput} from './anonymization-request.ts'

export const handle: Handler<typeof risk> = async (input, {signal}) => {
  const {columns, rows, quasi_identifiers: quasiIdentifiers, person, subset, risk_threshold: threshold} = input
  const roles = {
    quasiIdentifiers,
    ...(person === undefined ? {} : {person}),
    ...(subset === undefined ? {} : {subset}),
  }
  return riskOutput(await measureRisk(tableOf('the table', columns, rows), roles, {threshold, signal}))
}
