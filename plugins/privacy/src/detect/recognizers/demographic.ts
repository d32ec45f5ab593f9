import {Known, type Lexicon} from '../lexicon/lexicon.ts'
import {namedThings} from '../lexicon/named-things.ts'
import {matches} from '../matches.ts'
import {type Finding, type Recognizer, Sign} from '../recognizer.ts'
import type {TextDocument} from '../text-document.ts'
import {TokenKind} from '../tokens.ts'

const ageAfter =
  /(?<![\w.,:/-])(\d{1,3})(?: |-)?(?:years?[ -]olds?|yrs?[ -]old|y\/o|y\.o\.|yo|year-olds?|years of age|-?let(?:n[aieo]\w{0,3})?)(?![\p{L}\d])/giu
const ageBefore =
  /(?<![\p{L}\p{N}_])(?:aged?|age of|age is|age:|turned|turning|turns|star|stara|staro|starost:?|dopolnil[ai]?|when (?:he|she|i|they) (?:was|were)) (\d{1,3})(?![\p{L}\d:/%-]|[.,]\d| ?(?:%|am|pm|degrees|percent|€|\$|px|ms|km|kg))/giu
/** "I'm 45 and …": a number that ends the clause after a person and being. */
const ageOfSubject =
  /(?<![\p{L}\p{N}_])(?:i am|i'm|i’m|he is|she is|he's|she's|imam|ima) (?:now |already |nearly |almost |just )?(\d{1,3})(?=[,.;!?](?:\s|$)|$| and | but | let)/giu
/** "Ana Kos, 45, said": between commas after a name, as newspapers write it. */
const ageBetweenCommas = /(?<=\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}{1,20}, )(\d{1,3})(?=, \p{Ll})/gu
const oldest = 125

/** Ages of persons, in English and Slovenian. */
export const ageRecognizer: Recognizer = {
  name: 'age',
  types: ['AGE'],
  signs: Sign.digit,
  find(document: TextDocument, report: (finding: Finding) => void): void {
    const {text} = document
    for (const match of matches(ageAfter, text)) {
      if (Number(match[1]) > oldest) continue
      const end = match.index + (match[1] as string).length
      report({type: 'AGE', start: match.index, end, score: 0.75, evidence: ['years']})
    }
    for (const match of matches(ageOfSubject, text)) {
      if (Number(match[1]) > oldest) continue
      const end = match.index + match[0].length
      report({type: 'AGE', start: end - (match[1] as string).length, end, score: 0.6, evidence: ['number after being']})
    }
    for (const match of matches(ageBetweenCommas, text)) {
      if (Number(match[1]) > oldest) continue
      const end = match.index + match[0].length
      report({type: 'AGE', start: match.index, end, score: 0.55, evidence: ['between commas after a name']})
    }
    for (const match of matches(ageBefore, text)) {
      if (Number(match[1]) > oldest) continue
      const end = match.index + match[0].length
      report({type: 'AGE', start: end - (match[1] as string).length, end, score: 0.65, evidence: ['words of age']})
    }
  },
}

const labelledPostcode =
  /(?<![\p{L}\p{N}_])(?:zip(?: ?code)?|post(?:al)? ?code|poštna številka|pošta)(?: is|:| =|=)?[ ]{0,3}((?:[A-Z]{1,2}-?)?\d[\dA-Z]{1,4}(?:[ -]?[\dA-Z]{2,4})?)(?![\w])/giu

/** USPS Publication 28, Appendix B, and the ZIP code behind: `NY 10001`. */
const stateAndZip =
  /(?<![\p{L}\p{N}_])(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]),? (\d{5}(?:-\d{4})?)(?![\w-])/gu

/** Postcodes that are called so, or stand behind a state; those of an address belong to the address. */
export const postcodeRecognizer: Recognizer = {
  name: 'postcode',
  types: ['POSTCODE'],
  signs: Sign.digit,
  find(document: TextDocument, report: (finding: Finding) => void): void {
    for (const match of matches(labelledPostcode, document.text)) {
      const end = match.index + match[0].length
      const start = end - (match[1] as string).length
      report({type: 'POSTCODE', start, end, score: 0.75, evidence: ['called a postcode']})
    }
    for (const match of matches(stateAndZip, document.text)) {
      const end = match.index + match[0].length
      const start = end - (match[1] as string).length
      report({type: 'POSTCODE', start, end, score: 0.6, evidence: ['after a state']})
    }
    // Only where words around it speak of postcodes: alone it is below any threshold that makes sense.
    for (const {groups, starts, ends, separators} of document.numberRuns) {
      const zipPlusFour = groups.length === 2 && separators[0] === '-' && groups[1]?.length === 4
      if ((groups.length > 1 && !zipPlusFour) || !/^\d{4,6}$/.test(groups[0] ?? '')) continue
      const [start, end] = [starts[0] as number, ends.at(-1) as number]
      if (/[\p{L}\d_$€#.,]/u.test(document.text.charAt(start - 1)) || /[\p{L}_%]/u.test(document.text.charAt(end)))
        continue
      report({type: 'POSTCODE', start, end, score: 0.2, evidence: ['digits of a postcode']})
    }
  },
}

/** What a nationality qualifies where it means a language or a thing of culture and no person. */
const notOfPersons = new Set(
  'language languages translation translations locale locales version text word words grammar dictionary alphabet letters characters keyboard dollar dollars pound pounds yuan colony colonies empire constitution currency coast territory edition spelling dynasty throne crown'.split(
    ' ',
  ),
)
const citizenship = /državljan|narodnost|rodu/
const slovenian =
  /(?<![\p{L}\p{N}_])(?:slovensk|hrvašk|srbsk|bosansk|makedonsk|črnogorsk|albansk|nemšk|avstrijsk|italijansk|madžarsk|francosk|angleš|ameriš|rusk|ukrajinsk|kitajsk|turšk)\p{Ll}{0,3} (?:državljan|državljank|narodnost|rodu)\p{Ll}{0,4}(?![\p{L}\p{N}_])/giu

/** Nationalities and peoples. */
export class NationalityRecognizer implements Recognizer {
  readonly name = 'nationality'
  readonly types = ['NATIONALITY'] as const
  readonly signs = Sign.letter
  readonly #lexicon: Lexicon

  constructor(lexicon: Lexicon) {
    this.#lexicon = lexicon
  }

  find(document: TextDocument, report: (finding: Finding) => void): void {
    const {tokens} = document
    const lowercase = !/\p{Lu}/u.test(document.text)
    for (let token = 0; token < tokens.count; token++) {
      if (document.kind(token) !== TokenKind.capitalized && !lowercase) {
        if (document.kind(token) !== TokenKind.lower || !afterBeing(document, token)) continue
      }
      if ((document.known(token, this.#lexicon) & Known.nationality) === 0) continue
      const next = token + 1 < tokens.count && document.gap(token) === ' ' ? document.folded(token + 1) : ''
      const [start, end] = [document.start(token), document.end(token)]
      if (
        notOfPersons.has(next) ||
        (/[-/_.]/.test(document.text.charAt(end)) && /\w/.test(document.text.charAt(end + 1)))
      )
        continue
      if (/[-/_.([]/.test(document.text.charAt(start - 1))) continue
      const qualifies = (next !== '' && !namedThings.has(next)) || afterBeing(document, token)
      report({type: 'NATIONALITY', start, end, score: qualifies ? 0.55 : 0.4, evidence: ['nationality']})
    }
    if (!citizenship.test(document.text)) return
    for (const match of matches(slovenian, document.text)) {
      report({
        type: 'NATIONALITY',
        start: match.index,
        end: match.index + match[0].length,
        score: 0.6,
        evidence: ['citizenship'],
      })
    }
  }
}

const being = /(?:^|[^\p{L}])(?:i am|i'm|he is|she is|they are|we are|is|was) (?:an? )?$/iu

function afterBeing(document: TextDocument, token: number): boolean {
  if (token === 0 || document.end(token - 1) - document.start(token - 1) > 3) return false
  const start = document.start(token)
  return being.test(document.text.slice(Math.max(0, start - 12), start))
}
