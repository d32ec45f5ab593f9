import type {Catalogue} from '../catalogue/catalogue.ts'
import type {Template} from '../templates/template.ts'
import {mentionsIn} from './prompt-terms.ts'
import {wordsOf} from './words.ts'

/** A type, and what the data have of it. */
export interface TypeOffer {
  readonly template: Template
  readonly catalogue: Catalogue
}

/**
 * The type that is nearest to a prompt. Of each are counted: the words of its name that no other type's name has and the
 * prompt has, and those of its metrics and dimensions that the data have and the prompt names. The most wins; of equal
 * ones that with more of its metrics in the data, then the one that comes first in the list of types.
 */
export function nearestType<Offer extends TypeOffer>(prompt: string, offers: readonly [Offer, ...Offer[]]): Offer {
  const words = wordsOf(prompt)
  const ranked = offers.map(offer => ({offer, named: namedBy(words, offer, offers), found: foundOf(offer)}))
  return ranked.toSorted((one, other) => other.named - one.named || other.found - one.found)[0]!.offer
}

function namedBy(words: readonly string[], {template, catalogue}: TypeOffer, offers: readonly TypeOffer[]): number {
  const others = new Set(offers.filter(each => each.template !== template).flatMap(each => wordsOf(each.template.name)))
  const ofName = wordsOf(template.name).filter(word => !others.has(word) && words.includes(word))
  const own = <Entry>(wanted: Readonly<Record<string, Entry>>, had: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(wanted).filter(([name]) => Object.hasOwn(had, name)))
  const mentions = mentionsIn(words, {
    metrics: own(template.catalogue.metrics, catalogue.metrics),
    dimensions: own(template.catalogue.dimensions, catalogue.dimensions),
  })
  return ofName.length + mentions.length
}

const foundOf = ({template, catalogue}: TypeOffer) =>
  Object.keys(template.catalogue.metrics).filter(name => Object.hasOwn(catalogue.metrics, name)).length
