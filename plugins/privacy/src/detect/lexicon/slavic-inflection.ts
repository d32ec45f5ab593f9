import {Known, type Lexicon} from './lexicon.ts'

/**
 * Endings of Slovenian names in the oblique cases and of their possessive adjectives, with what the nominative has in their place, folded.
 * First the masculine ones: Janeza, Janezu, Janezom; Marka (Marko), Jožeta (Jože), Igorja (Igor); then the feminine ones: Ane, Ani, Ano.
 * After Toporišič, Slovenska slovnica, and Slovenski pravopis (2001), §§ 751 to 1000 on declension.
 */
const endings: readonly (readonly [ending: string, nominatives: readonly string[]])[] = [
  ['ovega', ['', 'o']],
  ['ovemu', ['', 'o']],
  ['evega', ['', 'o', 'e']],
  ['ovih', ['', 'o']],
  ['ovim', ['', 'o']],
  ['inega', ['a']],
  ['jevega', ['']],
  ['jeva', ['']],
  ['jem', ['']],
  ['tom', ['']],
  ['ova', ['', 'o', 'a']],
  ['ovo', ['', 'o']],
  ['ove', ['', 'o']],
  ['ovi', ['', 'o']],
  ['eva', ['', 'o', 'e']],
  ['ina', ['a']],
  ['ini', ['a']],
  ['ino', ['a']],
  ['om', ['', 'o']],
  ['em', ['', 'e', 'o']],
  ['ja', ['']],
  ['ju', ['']],
  ['ta', ['']],
  ['tu', ['']],
  ['a', ['', 'o', 'e']],
  ['u', ['', 'o', 'e']],
  ['e', ['a']],
  ['i', ['a', '']],
  ['o', ['a']],
]

const shortestStem = 2
const consonant = /[bcdfghjklmnprstvz]/

const remembered = new Map<string, number>()
const mostRemembered = 20_000

/** What is known of the nominative that this form may belong to; 0 where none is a South Slavic name. */
export function inflectedName(folded: string, lexicon: Lexicon): number {
  const known = remembered.get(folded)
  if (known !== undefined) return known
  if (remembered.size >= mostRemembered) remembered.clear()
  const found = nominativeName(folded, lexicon)
  remembered.set(folded, found)
  return found
}

function nominativeName(folded: string, lexicon: Lexicon): number {
  let found = 0
  for (const [ending, nominatives] of endings) {
    if (!folded.endsWith(ending)) continue
    const stem = folded.slice(0, -ending.length)
    if (stem.length < shortestStem) continue
    for (const nominative of nominatives) {
      const base = stem + nominative
      found |= slavicName(base, lexicon)
      if (nominative === '') found |= slavicName(withFleetingE(stem), lexicon)
    }
  }
  return found
}

/** Petra is of Peter, Pavla of Pavel: an e falls out before the last consonant. */
function withFleetingE(stem: string): string {
  const last = stem.at(-1) ?? ''
  const before = stem.at(-2) ?? ''
  return consonant.test(last) && consonant.test(before) ? `${stem.slice(0, -1)}e${last}` : ''
}

function slavicName(base: string, lexicon: Lexicon): number {
  if (base.length < 3) return 0
  const known = lexicon.of(base)
  return known & Known.slavic ? known & (Known.given | Known.surname) : 0
}
