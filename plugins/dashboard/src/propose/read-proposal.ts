import type * as z from 'zod'
import {type Catalogue, partsOf} from '../catalogue/catalogue.ts'
import {panelProblems} from '../spec/check-panel.ts'
import {DashboardSpec, dimensionsOf, metricsOf, type Panel} from '../spec/dashboard-spec.ts'
import {dashboardTitle, panelId, panelTitle} from './panel-title.ts'
import type {Mention, PromptTerms} from './prompt-terms.ts'
import {notProposed, panelKinds} from './proposal-schema.ts'
import type {ProposalWords} from './proposal-words.ts'

/** Longer answers are not read. */
export const mostText = 60_000

export interface ProposalScope {
  readonly summary: string
  readonly catalogue: Catalogue
  readonly words: ProposalWords
  readonly terms: PromptTerms
}

/** A dashboard, or everything that is wrong with what a model answered. */
export type ReadProposal = {readonly spec: DashboardSpec} | {readonly problems: readonly string[]}

/**
 * Reads a model's answer. What it names has to be among the words, may not contradict arithmetic, and has to be what the
 * prompt says; titles and ids are made here. No problem holds more of the answer than a name.
 */
export function readProposal(text: string, scope: ProposalScope): ReadProposal {
  const raw = objectIn(text)
  if (typeof raw === 'string') return {problems: [raw]}
  const structural = structureProblems(raw)
  if (structural.length > 0) return {problems: structural}
  const unnamed = (raw.panels as readonly object[]).map((panel, index) => ({
    ...panel,
    id: `panel-${index + 1}`,
    title: 'Untitled',
  }))
  const parsed = DashboardSpec.safeParse({
    version: 1,
    title: 'Untitled',
    summary: scope.summary,
    period: raw.period,
    panels: unnamed,
  })
  if (!parsed.success) return {problems: parsed.error.issues.map(issue => problemOf(issue, raw))}
  const problems = [...wordProblems(parsed.data, scope), ...repeated(parsed.data)]
  if (problems.length > 0) return {problems}
  const untrue = parsed.data.panels.flatMap((panel, index) =>
    panelProblems(panel, parsed.data, scope.catalogue).map(({message}) => `panel ${index + 1}: ${message}`),
  )
  const unmeant = meaningProblems(parsed.data, scope)
  if (untrue.length + unmeant.length > 0) return {problems: [...untrue, ...unmeant]}
  return {spec: named(parsed.data, scope.catalogue)}
}

/** The object that a text is, or why it is none. */
function objectIn(text: string): Readonly<Record<string, unknown>> | string {
  const answer = text.trim()
  if (answer === '') return 'the answer is empty'
  if (answer.length > mostText) return `the answer is longer than ${mostText} characters`
  if (answer.startsWith('```')) return 'the answer is fenced: it has to be the JSON object alone'
  try {
    const data: unknown = JSON.parse(answer)
    if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data as Record<string, unknown>
    return 'the answer is JSON, but no object'
  } catch {
    return 'the answer is not JSON'
  }
}

function structureProblems(raw: Readonly<Record<string, unknown>>): readonly string[] {
  const strange = Object.keys(raw).filter(key => key !== 'period' && key !== 'panels')
  const problems = strange.map(key => `a dashboard has no place for ${quotedName(key)}`)
  const {period, panels} = raw
  if (period === undefined) problems.push('there is no period')
  if (!Array.isArray(panels)) return [...problems, 'there are no panels']
  for (const [index, panel] of panels.entries()) {
    if (typeof panel !== 'object' || panel === null || Array.isArray(panel)) {
      problems.push(`panel ${index + 1} is no object`)
      continue
    }
    for (const field of notProposed) {
      if (Object.hasOwn(panel, field)) problems.push(`panel ${index + 1} has no place for ${field}: it is made here`)
    }
  }
  return problems
}

/** What the schema says, in words that a model can act on. */
function problemOf(issue: z.core.$ZodIssue, raw: Readonly<Record<string, unknown>>): string {
  const [root, index, ...rest] = issue.path
  const isPanel = root === 'panels' && typeof index === 'number'
  const where = isPanel ? `panel ${index + 1}` : String(root ?? 'the dashboard')
  if (issue.code === 'unrecognized_keys') {
    return `${where} has no place for ${issue.keys.slice(0, 5).map(quotedName).join(', ')}`
  }
  if (isPanel && rest[0] === 'kind') {
    const kind = (raw.panels as readonly {kind?: unknown}[])[index]?.kind
    return `${where}: there is no kind of panel ${quotedName(String(kind))}; there are ${panelKinds().join(', ')}`
  }
  const field = isPanel ? rest : issue.path.slice(1)
  return `${where}${field.length > 0 ? `, ${field.join('.')}` : ''}: ${issue.message}`
}

/** Names that are not among the words, and values that the prompt does not name. */
function wordProblems(spec: DashboardSpec, {words}: ProposalScope): readonly string[] {
  return spec.panels.flatMap((panel, index) => {
    const where = `panel ${index + 1}`
    return [
      ...metricsOf(panel)
        .filter(name => !words.metrics.includes(name))
        .map(name => `${where}: there is no metric ${quotedName(name)}`),
      ...dimensionsOf(panel, {filters: []})
        .filter(name => !words.dimensions.includes(name))
        .map(name => `${where}: there is no dimension ${quotedName(name)}`),
      ...panel.filters.flatMap(({dimension, operator, values}) => [
        ...(words.operators.includes(operator) ? [] : [`${where}: the request leaves nothing out`]),
        ...values
          .filter(value => value === null || words.values.get(dimension)?.includes(value) !== true)
          .map(() => `${where}: a filter has a value of ${quotedName(dimension)} that the request does not name`),
      ]),
    ]
  })
}

function repeated({panels}: DashboardSpec): readonly string[] {
  const seen = new Map<string, number>()
  return panels.flatMap(({id: _id, title: _title, ...shown}, index) => {
    const key = JSON.stringify(shown)
    const first = seen.get(key)
    if (first !== undefined) return [`panel ${index + 1} is panel ${first + 1} again`]
    seen.set(key, index)
    return []
  })
}

/** What the request says and the proposal does not show. */
function meaningProblems(spec: DashboardSpec, {terms, catalogue}: ProposalScope): readonly string[] {
  const {panels, period} = spec
  const metrics = new Set(panels.flatMap(panel => metricsOf(panel).flatMap(name => withParts(name, catalogue))))
  const dimensions = new Set(panels.flatMap(panel => dimensionsOf(panel, {filters: []})))
  const grains = new Set(panels.flatMap(panel => ('grain' in panel ? [panel.grain] : [])))
  const isShown = ({metrics: some, dimensions: told}: Mention) =>
    some.some(name => metrics.has(name)) || told.some(name => dimensions.has(name))
  return [
    ...terms.mentions
      .filter(mention => !isShown(mention))
      .map(
        ({words, metrics: some, dimensions: told}) =>
          `the request asks for ${words}, and no panel shows ${[...some, ...told].join(' or ')}`,
      ),
    ...terms.grains
      .filter(grain => !grains.has(grain))
      .map(grain => `the request asks for steps of a ${grain}, and no trend has that grain`),
    ...(terms.period !== undefined && (terms.period.unit !== period.unit || terms.period.count !== period.count)
      ? [`the request asks for the last ${terms.period.count} ${terms.period.unit}s, and the period is another`]
      : []),
    ...terms.values
      .filter(({dimension, isMeant}) => isMeant && !dimensions.has(dimension))
      .map(({dimension}) => `the request names a value of ${dimension}, and nothing is filtered or told by it`),
  ]
}

const withParts = (name: string, catalogue: Catalogue) => [name, ...partsOf(name, catalogue).map(([part]) => part)]

function named(spec: DashboardSpec, catalogue: Catalogue): DashboardSpec {
  const taken = new Set<string>()
  const panels = spec.panels.map((panel): Panel => {
    const id = panelId(panel, taken)
    taken.add(id)
    return {...panel, id, title: panelTitle(panel, catalogue)}
  })
  return {...spec, title: dashboardTitle(panels, catalogue), panels}
}

/** Text of a model that is no name is not repeated: the trail of a page is kept, and could hold anything. */
const quotedName = (text: string) => (/^[a-z][a-z0-9_]{0,39}$/.test(text) ? `"${text}"` : 'what is no name')
