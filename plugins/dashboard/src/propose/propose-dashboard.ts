import {type Context, ExitCode, InvalidInputError, OmniError} from '@omni-ops/core/operation'
import type {DataChoice, DataSupply, Supply} from '../build/data-supply.ts'
import type {Catalogue} from '../catalogue/catalogue.ts'
import {inferCatalogue} from '../catalogue/infer-catalogue.ts'
import type {DashboardSpec, Filter} from '../spec/dashboard-spec.ts'
import {templateNamed, templates} from '../templates/index.ts'
import type {Template} from '../templates/template.ts'
import {nearestType} from './nearest-type.ts'
import {plainText} from './plain-text.ts'
import {withDraft} from './proposal-catalogue.ts'
import {proposeSpec} from './propose-spec.ts'

/** A proposal that may not be replaced by a type was refused, or nobody made one. */
export class ProposalRefusedError extends OmniError {
  readonly code = 'dashboard_proposal_refused'
  readonly exitCode = ExitCode.gateFailed
  readonly httpStatus = 422
}

export interface ProposalOptions {
  readonly prompt: string
  /** A type whose metrics are meant; the nearest one where it is not named. */
  readonly type: string | undefined
  readonly model: string | undefined
  /** No model is asked. */
  readonly offline: boolean
  /** A type never stands in for a proposal. */
  readonly strict: boolean
  readonly data: DataChoice
  readonly filters: readonly Filter[]
  readonly zone: string
  readonly asOf: string | undefined
}

/** How a dashboard came about that somebody asked for in words; part of the manifest. */
export interface ProposalTrail {
  /** `provider/model`; null where none was asked. */
  readonly model: string | null
  readonly turns: number
  readonly problems: readonly {readonly turn: number; readonly problem: string}[]
  /** The type that stands in for a proposal, and why. */
  readonly fallback: ProposalFallback | null
}

export interface ProposalFallback {
  readonly type: string
  readonly code: 'offline' | 'not_configured' | 'model_failed' | 'refused'
  readonly reason: string
}

export interface ProposedDashboard {
  /** The type that it is; null for a proposal. */
  readonly type: string | null
  readonly spec: DashboardSpec
  readonly supply: Supply
  readonly trail: ProposalTrail
}

/**
 * A dashboard for a prompt: a model's proposal of which every panel was tried on the data, or the nearest type and why.
 * Close the supply's session where it is its own.
 *
 * @throws ProposalRefusedError where a type may not stand in
 * @throws UnknownTypeError; InvalidInputError for a prompt without words; what the model's name is not right for
 */
export async function proposeDashboard(
  options: ProposalOptions,
  data: DataSupply,
  context: Context,
): Promise<ProposedDashboard> {
  if (plainText(options.prompt, 100) === '') throw new InvalidInputError('The prompt has no words')
  const {template, supply} = await nearestSupply(options, data)
  try {
    return await proposed(options, template, supply, data, context)
  } catch (error) {
    if (supply.own) await supply.session.close()
    throw error
  }
}

async function proposed(
  options: ProposalOptions,
  template: Template,
  supply: Supply,
  data: DataSupply,
  context: Context,
): Promise<ProposedDashboard> {
  const none = {model: null, turns: 0, problems: []}
  const standIn = (trail: Omit<ProposalTrail, 'fallback'>, code: ProposalFallback['code'], reason: string) =>
    insteadOf({...trail, fallback: {type: template.name, code, reason}}, template, supply, options)
  if (options.offline) return standIn(none, 'offline', 'no model was asked, as --offline says')
  const model = await context.llm(options.model)
  if (model === undefined) {
    return standIn(none, 'not_configured', 'no language model is configured: set OLLAMA_HOST or a provider’s key')
  }
  const catalogue = await catalogueOf(supply, data)
  const {prompt, filters, zone, asOf} = options
  const asked = await proposeSpec({prompt, catalogue, filters, zone, asOf}, model, supply.session, context)
  const {spec, failure, ...trail} = asked
  if (spec !== undefined) {
    return {type: null, spec, supply: {...supply, catalogue, missing: []}, trail: {...trail, fallback: null}}
  }
  if (failure !== undefined) return standIn(trail, 'model_failed', plainText(failure.message, 300))
  const last = trail.problems.filter(({turn}) => turn === trail.turns).map(({problem}) => problem)
  return standIn(trail, 'refused', plainText(`no proposal could be shown: ${last.join('; ')}`, 600))
}

function insteadOf(
  trail: ProposalTrail & {readonly fallback: ProposalFallback},
  template: Template,
  supply: Supply,
  {strict}: ProposalOptions,
): ProposedDashboard {
  const {reason} = trail.fallback
  if (!strict) return {type: template.name, spec: template.spec, supply, trail}
  throw new ProposalRefusedError(`There is no proposal: ${reason}`, {
    hint: `leave --strict out, and ${template.name} stands in for it`,
    details: trail,
  })
}

/** The named type, or the nearest of all by what the data have of each. */
async function nearestSupply(
  {prompt, type, data: choice}: ProposalOptions,
  data: DataSupply,
): Promise<{readonly template: Template; readonly supply: Supply}> {
  if (type !== undefined) {
    const template = templateNamed(type)
    return {template, supply: await data.forTemplate(template)}
  }
  if (choice.kind === 'sample') {
    // Each type has a sample of its own, which has all of it.
    const offers = templates.map(template => ({template, catalogue: template.catalogue}))
    const {template} = nearestType(prompt, offers as [(typeof offers)[0]])
    return {template, supply: await data.forTemplate(template)}
  }
  const offers = []
  for (const template of templates) {
    const supply = await data.forTemplate(template)
    offers.push({template, supply, catalogue: supply.catalogue})
  }
  return nearestType(prompt, offers as [(typeof offers)[0]])
}

/** A catalogue that somebody wrote is the whole of it; what was found by names is not. */
async function catalogueOf({catalogue, session, source}: Supply, data: DataSupply): Promise<Catalogue> {
  if (source === undefined || data.isCatalogued) return catalogue
  return withDraft(catalogue, await inferCatalogue(session))
}
