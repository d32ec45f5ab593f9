import type * as z from 'zod'
import type {AnonymizationReport} from '../anonymity/anonymization-report.ts'
import type {AnonymizationRequest, SensitiveRequest} from '../anonymity/anonymization-request.ts'
import type {HierarchySource} from '../anonymity/hierarchy-source.ts'
import type {AttackRisk, Risk} from '../anonymity/risk.ts'
import type {
  AnonymizationOutput,
  HierarchyInput,
  RiskOutput,
  SensitiveInput,
} from '../operations/anonymization-schemas.ts'
import type {kAnonymize} from '../operations/k-anonymize.ts'

type Input = Omit<z.output<(typeof kAnonymize)['input']>, 'columns' | 'rows'>

/** The service's request from the operation's input. */
export function requestFrom(input: Input): AnonymizationRequest {
  const {quasi_identifiers, sensitive, person, subset, presence, suppression, risk_threshold, ...rest} = input
  return {
    ...rest,
    quasiIdentifiers: quasi_identifiers.map(({name, hierarchy}) => ({name, hierarchy: hierarchyFrom(hierarchy)})),
    sensitive: sensitive.map(sensitiveFrom),
    suppressionLimit: suppression,
    riskThreshold: risk_threshold,
    ...(person === undefined ? {} : {person}),
    ...(subset === undefined ? {} : {subset}),
    ...(presence === undefined ? {} : {presence}),
  }
}

function hierarchyFrom(input: z.output<typeof HierarchyInput>): HierarchySource {
  if (input.kind !== 'interval') return input
  const {kind, width, levels} = input
  return {kind, width, ...(levels === undefined ? {} : {levels})}
}

function sensitiveFrom(input: z.output<typeof SensitiveInput>): SensitiveRequest {
  if (input.kind !== 't-closeness') return input
  const {distance} = input
  return {...input, distance: typeof distance === 'string' ? distance : hierarchyFrom(distance)}
}

/** The operation's output from the service's report. */
export function reportOutput(report: AnonymizationReport): z.output<typeof AnonymizationOutput> {
  const {informationLoss: loss} = report
  return {
    rows: report.rows,
    persons: report.persons,
    algorithm: report.algorithm,
    k: report.k,
    attributes: report.attributes.map(({highestLevel, certaintyPenalty, ...attribute}) => ({
      ...attribute,
      ...(highestLevel === undefined ? {} : {highest_level: highestLevel}),
      certainty_penalty: certaintyPenalty,
    })),
    suppressed_rows: report.suppressedRows,
    suppressed_share: report.suppressedShare,
    information_loss: {
      ...(loss.entropy === undefined ? {} : {entropy: loss.entropy}),
      ...(loss.entropyWithSuppression === undefined ? {} : {entropy_with_suppression: loss.entropyWithSuppression}),
      ...(loss.entropyShare === undefined ? {} : {entropy_share: loss.entropyShare}),
      discernibility: loss.discernibility,
      ...(loss.loss === undefined ? {} : {loss: loss.loss}),
      ...(loss.lossGeometric === undefined ? {} : {loss_geometric: loss.lossGeometric}),
      certainty_penalty: loss.certaintyPenalty,
    },
    risk: {before: riskOutput(report.risk.before), after: riskOutput(report.risk.after)},
    ...(report.search ? {search: report.search} : {}),
    dropped: [...report.dropped],
  }
}

export function riskOutput(risk: Risk): z.output<typeof RiskOutput> {
  const attack = ({highest, average, atRisk}: AttackRisk) => ({highest, average, at_risk: atRisk})
  return {
    persons: risk.persons,
    classes: risk.classes,
    smallest_class: risk.smallestClass,
    largest_class: risk.largestClass,
    average_class: risk.averageClass,
    unique: risk.unique,
    prosecutor: attack(risk.prosecutor),
    journalist: {...attack(risk.journalist), population: risk.journalist.population},
    marketer: risk.marketer,
  }
}
