import type {LanguageModel, LanguageModelRequest} from '@omni-ops/core/llm'
import {type Context, OmniError} from '@omni-ops/core/operation'
import {validateDashboard} from '../build/validate-dashboard.ts'
import type {Catalogue} from '../catalogue/catalogue.ts'
import type {DataSession} from '../data/data-session.ts'
import type {DashboardSpec, Filter} from '../spec/dashboard-spec.ts'
import {namedValues} from './named-values.ts'
import {plainText} from './plain-text.ts'
import {promptTerms} from './prompt-terms.ts'
import {type Refused, proposalRequest} from './proposal-request.ts'
import {proposalWords} from './proposal-words.ts'
import {mostText, type ProposalScope, readProposal} from './read-proposal.ts'

/** The first answer, and two repairs. */
const mostTurns = 3
const mostProblems = 20

export interface SpecRequest {
  readonly prompt: string
  readonly catalogue: Catalogue
  /** Of whoever builds: they hold for every panel. */
  readonly filters: readonly Filter[]
  readonly zone: string
  readonly asOf: string | undefined
}

/** What came of asking a model: a dashboard of which every panel was tried, or why there is none. */
export interface ProposedSpec {
  readonly spec: DashboardSpec | undefined
  readonly model: string
  readonly turns: number
  readonly problems: readonly {readonly turn: number; readonly problem: string}[]
  /** Why the model gave no answer at all. */
  readonly failure: OmniError | undefined
}

/**
 * Has a model fill in a dashboard from a catalogue's words, tries it on the data, and tells the model what is wrong with
 * it, twice at most.
 * @throws CancelledError; InvalidCatalogueError, DataNotFoundError where no dashboard could be tried
 */
export async function proposeSpec(
  {prompt, catalogue, filters, zone, asOf}: SpecRequest,
  model: LanguageModel,
  session: DataSession,
  {signal, emit}: Pick<Context, 'signal' | 'emit'>,
): Promise<ProposedSpec> {
  const terms = promptTerms(prompt, catalogue, await namedValues(prompt, catalogue, session))
  const words = proposalWords(catalogue, terms)
  const problems: {turn: number; problem: string}[] = []
  let asked = `${model.provider}/${model.model}`
  let refused: Refused | undefined
  for (let turn = 1; turn <= mostTurns; turn += 1) {
    emit({type: 'progress', label: `Asking ${asked}`, done: turn - 1, total: mostTurns, unit: 'answers'})
    let answer: Answer
    try {
      answer = await ask(model, {...proposalRequest(prompt, catalogue, words, refused), signal})
    } catch (error) {
      if (!(error instanceof OmniError) || error.code === 'cancelled') throw error
      return {spec: undefined, model: asked, turns: turn, problems, failure: error}
    }
    asked = answer.by ?? asked
    const scope = {summary: summaryOf(prompt, asked), catalogue, words, terms}
    const read = await tried(answer, scope, {filters, zone, asOf}, session)
    if ('spec' in read) return {spec: read.spec, model: asked, turns: turn, problems, failure: undefined}
    problems.push(...read.problems.slice(0, mostProblems).map(problem => ({turn, problem})))
    refused = {answer: answer.text, problems: read.problems}
  }
  return {spec: undefined, model: asked, turns: mostTurns, problems, failure: undefined}
}

interface Answer {
  readonly text: string
  /** Why it is no whole answer. */
  readonly cut: string | undefined
  /** Who it is of, where that is known: another may have taken over. */
  readonly by: string | undefined
}

/** Asks once. Who writes without an end is not listened to any further. */
async function ask(model: LanguageModel, request: LanguageModelRequest): Promise<Answer> {
  let text = ''
  try {
    for await (const event of model.stream(request)) {
      if (event.type === 'text') {
        text += event.text
        if (text.length > mostText) {
          return {text, cut: `the answer is longer than ${mostText} characters`, by: undefined}
        }
        continue
      }
      const cut = {
        stop: undefined,
        length: 'the answer was cut off: it has to be shorter',
        filter: 'a filter of the provider stopped the answer',
      }[event.reason]
      const {outcome} = event
      return {text, cut, by: outcome && `${outcome.provider}/${outcome.model}`}
    }
  } catch (error) {
    // What is wrong with it is said better below, by name.
    if (!(error instanceof OmniError) || error.code !== 'llm_schema_mismatch') throw error
  }
  return {text, cut: undefined, by: undefined}
}

type Surroundings = Pick<SpecRequest, 'filters' | 'zone' | 'asOf'>

/** Reads an answer and has every panel read its data. */
async function tried(
  {text, cut}: Answer,
  scope: ProposalScope,
  {filters, zone, asOf}: Surroundings,
  session: DataSession,
): Promise<ReturnType<typeof readProposal>> {
  if (cut !== undefined) return {problems: [cut]}
  const read = readProposal(text, scope)
  if (!('spec' in read)) return read
  const verdicts = await validateDashboard({...read.spec, filters: [...filters]}, scope.catalogue, session, zone, asOf)
  // Not their message: it can quote values of the data, which no model is told.
  const failed = verdicts.flatMap(({title, problem, code}, index) =>
    problem === null
      ? []
      : [`panel ${index + 1} (${title}) cannot be read: ${(code ?? 'failed').replaceAll('_', ' ')}`],
  )
  return failed.length > 0 ? {problems: failed} : read
}

/** The words of whoever asked, and who chose the panels for them. */
const summaryOf = (prompt: string, model: string) =>
  plainText(`“${plainText(prompt, 160)}”: panels chosen by ${model}, titles and figures made from the data`, 300)
