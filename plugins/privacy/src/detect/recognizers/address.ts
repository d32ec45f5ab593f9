import {functionWords} from '../lexicon/function-words.ts'
import {Known, type Lexicon} from '../lexicon/lexicon.ts'
import {type Finding, type Recognizer, Sign} from '../recognizer.ts'
import type {TextDocument} from '../text-document.ts'
import {TokenKind} from '../tokens.ts'

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '))

/** Words that make a street of what stands before or after them, folded: English, Slovenian and neighbours, Romance, Germanic, Nordic. */
const streetWords = set(
  'street streets st str avenue ave av road rd boulevard blvd lane ln drive court ct place square sq terrace highway hwy parkway pkwy crescent close mews alley rue via viale piazza corso calle avenida paseo camino rua travessa praca largo ulica ulice ulici ul cesta cesti ceste trg trgu steza nabrezje naselje utca utja ut ter strada bulevardul ulitsa prospekt allee gade gata gatan vej vagen tanav tie odos leoforos sokak caddesi put terrasse tee puiestee u krt korut sor setany rakpart gatve iela namesti trida aleja osiedle bulvar',
)
/** Suffixes of USPS Publication 28, Appendix C1, that are also ordinary words: they count only after a house number. */
const weakStreetWords = set(
  'annex arcade bayou beach bend bluff bluffs bottom branch bridge brook brooks burg burgs bypass camp canyon cape causeway center centers circle circles cliff cliffs club common commons corner corners course courts cove coves creek crest crossing crossroad curve dale dam divide drives estate estates expressway extension extensions fall falls ferry field fields flat flats ford fords forest forge forges fork forks fort freeway garden gardens gateway glen glens green greens grove groves harbor harbors haven heights hill hills hollow inlet island islands isle junction junctions key keys knoll knolls lake lakes land landing light lights loaf lock locks lodge loop mall manor manors meadow meadows mill mills mission motorway mount mountain mountains neck orchard oval overpass park parks pass passage path pike pine pines plain plains plaza point points port ports prairie radial ramp ranch rapid rapids rest ridge ridges river roads route row run shoal shoals shore shores spring springs spur spurs squares station stravenue stream summit throughway trace track trafficway trail tunnel turnpike underpass union unions valley valleys via viaduct view views village villages ville vista walk walks wall way ways well wells pot dr pl',
)
const streetEnding =
  /.{2}(?:strasse|straße|str|gasse|weg|platz|allee|damm|ufer|straat|laan|plein|kade|singel|gracht|gade|gaden|vej|vejen|alle|stien|gata|gaten|gatan|vagen|vegen|veien|grand|stigen|katu|tie|kuja|polku|raitti|kaari|straeti|stræti|vegur|braut|gotu|hagi|utca|voelgy|ulica|cesta|wegen|terrasse|torg)$/
const units = set('apt apartment suite ste unit flat floor room fl stanovanje stan nadstropje')
const boxes = /(?:^|[^\p{L}\d])(p\.? ?o\.? ?box|post ?box|postboks|postfach|poštni predal|p\. ?p\.|box|psc|unit|cmr)$/iu
const postcode =
  /^(?:[A-Z]{1,2}-)?\d{4,6}(?:-\d{4})?(?![\w-])|^[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}(?!\w)|^\d{4} [A-Z]{2}(?!\w)|^[A-Z]\d[A-Z] \d[A-Z]\d(?!\w)|^\d{3} \d{2}(?![\d-])/
const state = /^[A-Z]{2,3}(?![\p{L}\d])/u
const military = /^(?:APO|FPO|DPO) A[AEP] \d{5}/
/** Between two parts of an address. */
const between =
  /^(?:,? ?\r?\n(?:[>*|#?]{1,3})?[ \t]{0,8}(?:, ?)?(?:\r?\n(?:[>*|#?]{1,3})?[ \t]{0,8})?|, ?|[ ]{1,2}|\. )$/
const announced =
  /(?:address(?:es)?(?: is| are|:|, here they are:| with| of [^.\n]{1,40} is)?|lives? (?:on|at|in)|lived (?:on|at|in)|living (?:on|at)|located (?:at|in|on)|office is at|meet(?:ing)? (?:\w{1,4} )?(?:at|in|on)|(?:sent|send|deliver|delivered|ship|shipped|mail|mailed|return|taxi|moved?|move|go|come|one|new one) (?:it |this |them )?to|side of|corner of|you off at|\b(?:is|are|be) (?:at|in)|it is|it's in|it's at|enter on|refers to|naslov(?:u|a|om)?:?|stanuje(?:m)? (?:na|v)|živi(?:m)? na|bydlim|user:|parcel to|package to|situated (?:at|on))[:,]?\s{1,3}(?:the corner of )?$/iu
const addressFields = set('address street addr naslov ulica billing shipping residence')
const reach = 60
const mostParts = 8
const mostWords = 6

interface Street {
  /** Last token. */
  readonly last: number
  readonly score: number
  readonly evidence: string
}

/** Postal addresses: a street with its house number, a box, and the unit, town, state, postcode and country that follow. */
export class AddressRecognizer implements Recognizer {
  readonly name = 'address'
  readonly types = ['ADDRESS'] as const
  readonly signs = Sign.letter
  readonly #lexicon: Lexicon

  constructor(lexicon: Lexicon) {
    this.#lexicon = lexicon
  }

  find(document: TextDocument, report: (finding: Finding) => void): void {
    const lowercase = !/\p{Lu}/u.test(document.text)
    for (let token = 0; token < document.tokens.count;) {
      if (document.kind(token) === TokenKind.lower && !lowercase && !opensInSmallLetters(document, token)) {
        token++
        continue
      }
      const found = this.#addressAt(document, token, lowercase)
      if (!found) {
        token++
        continue
      }
      report(found.finding)
      token = found.last + 1
    }
  }

  #addressAt(document: TextDocument, token: number, lowercase: boolean): {finding: Finding; last: number} | undefined {
    const start = document.start(token)
    if (/[\p{L}\d./\\_@#$<`={-]/u.test(document.text.charAt(start - 1)) && document.text.charAt(start - 1) !== '/')
      return undefined
    const street =
      boxAt(document, token) ??
      shipAt(document, token) ??
      this.#intersectionAt(document, token, lowercase) ??
      this.#streetAt(document, token, lowercase)
    if (!street) return undefined
    const parts = this.#following(document, street.last)
    const inContext =
      document.field.some(word => addressFields.has(word)) ||
      announced.test(document.text.slice(Math.max(0, start - reach), start))
    const score = street.score + Math.min(0.45, 0.22 * parts.strength) + (inContext ? 0.35 : 0)
    const evidence = [street.evidence, ...parts.evidence, ...(inContext ? ['announced'] : [])]
    if (score < 0.3) return undefined
    return {
      finding: {type: 'ADDRESS', start, end: parts.end, score: Math.min(0.97, score), evidence},
      last: parts.last,
    }
  }

  /** `12 Main Street`, `6750 Koskikatu 25`, `Slovenska cesta 12a`, `ulica Janeza Puharja 3`. */
  #streetAt(document: TextDocument, first: number, lowercase: boolean): Street | undefined {
    const {count} = document.tokens
    const kind = document.kind(first)
    if (kind === TokenKind.lower && !lowercase && !streetWords.has(document.folded(first))) return undefined
    if (kind === TokenKind.identifier && !isHouseNumber(document, first)) return undefined
    let token = first
    let numbers = 0
    while (
      token < count &&
      numbers < 2 &&
      isHouseNumber(document, token) &&
      (numbers === 0 || document.gap(token - 1) === ' ')
    ) {
      numbers++
      token++
    }
    if (numbers > 0 && (token >= count || !/^(?: |, )$/.test(document.gap(token - 1)))) return undefined
    const wordsFrom = token
    let strong = false
    let weak = false
    let known = 0
    // "Stanujem na Slovenska cesta 12": a verb and a preposition begin no street.
    if (numbers === 0 && first + 1 < count && /^(?:na|v|ob|pri)$/.test(document.folded(first + 1))) return undefined
    while (token < count && token - wordsFrom < mostWords) {
      if (token > wordsFrom && !/^(?:[ -]|\. )$/.test(document.gap(token - 1))) break
      const kind = document.kind(token)
      if (kind === TokenKind.number || kind === TokenKind.identifier) break
      const folded = document.folded(token)
      const isStreetWord = streetWords.has(folded) || (folded.length > 5 && streetEnding.test(folded))
      if (kind === TokenKind.lower && !lowercase && !isStreetWord && !isSmallWord(folded)) break
      if (functionWords.has(folded) && !isSmallWord(folded) && !isStreetWord) break
      if (units.has(folded) && token > wordsFrom) break
      if (isStreetWord) strong = true
      else if (weakStreetWords.has(folded)) weak = true
      if (document.known(token, this.#lexicon) & Known.word && !isStreetWord) known++
      token++
    }
    while (token > wordsFrom && isSmallWord(document.folded(token - 1)) && document.kind(token - 1) === TokenKind.lower)
      token--
    const words = token - wordsFrom
    if (words === 0) return undefined
    let last = token - 1
    const separator = last + 1 < count ? document.gap(last) : ''
    const numberAfter =
      last + 1 < count &&
      (separator === ' ' || separator === '. ' || (separator === ', ' && strong && numbers === 0)) &&
      isHouseNumber(document, last + 1)
    if (numberAfter) last++
    if (numbers === 0) {
      if (!numberAfter)
        return strong && words > 1 && document.kind(first) !== TokenKind.lower
          ? {last, score: 0.25, evidence: 'street'}
          : undefined
      if (document.kind(wordsFrom) === TokenKind.lower && !strong) return undefined
      if (strong)
        return {
          last,
          score: words > 1 || !streetWords.has(document.folded(wordsFrom)) ? 0.65 : 0.2,
          evidence: 'street and number',
        }
      return known === words ? undefined : {last, score: 0.2, evidence: 'capitalised words and number'}
    }
    if (strong)
      return {
        last,
        score: words > 1 || streetEnding.test(document.folded(wordsFrom)) ? 0.65 : 0.2,
        evidence: 'number and street',
      }
    if (weak && words > 1) return {last, score: 0.45, evidence: 'number and street'}
    if (lowercase && !numberAfter) return undefined
    if (known === words && !numberAfter) return {last, score: 0.05, evidence: 'number and words'}
    return {last, score: numberAfter ? 0.3 : numbers > 1 ? 0.25 : 0.2, evidence: 'number and capitalised words'}
  }

  /** `the corner of Main Street and 5th Avenue`. */
  #intersectionAt(document: TextDocument, token: number, lowercase: boolean): Street | undefined {
    if (
      document.folded(token) !== 'corner' ||
      token + 2 >= document.tokens.count ||
      document.folded(token + 1) !== 'of'
    )
      return undefined
    const first = this.#streetAt(document, token + 2, lowercase) ?? boxAt(document, token + 2)
    const firstEnd = first?.last ?? this.#capitalsEnd(document, token + 2)
    if (firstEnd === undefined) return undefined
    const and = firstEnd + 1
    if (and + 1 >= document.tokens.count || !/^(?:and|in|&)$/.test(document.folded(and)))
      return first ? {...first, score: 0.6} : undefined
    const second = this.#streetAt(document, and + 1, lowercase) ?? boxAt(document, and + 1)
    const last = second?.last ?? this.#capitalsEnd(document, and + 1)
    return last === undefined ? first : {last, score: 0.75, evidence: 'corner of two streets'}
  }

  #capitalsEnd(document: TextDocument, token: number): number | undefined {
    let last: number | undefined
    for (let next = token; next < document.tokens.count && next - token < 5; next++) {
      const kind = document.kind(next)
      const capital = kind === TokenKind.capitalized || kind === TokenKind.upper || kind === TokenKind.mixed
      if (!capital || (next > token && !/^(?:[ -]|\. )$/.test(document.gap(next - 1)))) break
      last = next
    }
    return last
  }

  /** The parts after a street: how many speak for an address, and where the last one ends. */
  #following(document: TextDocument, last: number): {last: number; end: number; strength: number; evidence: string[]} {
    let end = document.end(last)
    const suffix = /^\.(?=,| ?\n)/.exec(document.text.slice(end, end + 2))
    if (suffix) end++
    let strength = 0
    const evidence: string[] = []
    let token = last + 1
    for (let part = 0; part < mostParts && token < document.tokens.count; part++) {
      const gap = document.text.slice(end, document.start(token))
      if (!between.test(gap)) break
      const found = this.#partAt(document, token, gap)
      if (!found) break
      if (evidence.includes(found.evidence) && (found.evidence === 'state' || found.evidence === 'postcode')) break
      strength += found.strength
      evidence.push(found.evidence)
      end = document.end(found.last)
      token = found.last + 1
    }
    return {last: token - 1, end, strength, evidence}
  }

  #partAt(
    document: TextDocument,
    token: number,
    gap: string,
  ): {last: number; strength: number; evidence: string} | undefined {
    const start = document.start(token)
    const rest = document.text.slice(start, start + 24)
    const found = (pattern: RegExp, evidence: string) => {
      const match = pattern.exec(rest)
      if (!match) return undefined
      let last = token
      while (last + 1 < document.tokens.count && document.start(last + 1) < start + match[0].length) last++
      return {last, strength: 1, evidence}
    }
    if (units.has(document.folded(token)) || document.folded(token) === 'box') {
      const next = token + 1
      const numbered =
        next < document.tokens.count && /^(?:\. ?| ?#? ?)$/.test(document.gap(token)) && /\d/.test(document.word(next))
      if (numbered) return {last: next, strength: 2, evidence: 'unit'}
    }
    const soldier = found(military, 'military post')
    if (soldier) return {...soldier, strength: 2}
    if (document.kind(token) === TokenKind.number || /^[A-Z]{1,2}-?\d|^[A-Z]\d[A-Z]/.test(rest))
      return found(postcode, 'postcode')
    if (gap !== ' ' || document.kind(token) === TokenKind.upper) {
      const isState = found(state, 'state')
      if (isState && document.kind(token) === TokenKind.upper) return isState
    }
    return (gap === ' ' ? this.#furtherStreet(document, token) : undefined) ?? this.#townAt(document, token, gap)
  }

  /** A second line of the street on the first one's: `Slomškova 12 Oak Hill`. */
  #furtherStreet(
    document: TextDocument,
    token: number,
  ): {last: number; strength: number; evidence: string} | undefined {
    const last = this.#capitalsEnd(document, token)
    if (last === undefined || last === token) return undefined
    const folded = document.folded(last)
    if (!weakStreetWords.has(folded) && !streetWords.has(folded)) return undefined
    return {last, strength: 0.5, evidence: 'second street'}
  }

  #townAt(
    document: TextDocument,
    token: number,
    gap: string,
  ): {last: number; strength: number; evidence: string} | undefined {
    const kind = document.kind(token)
    if (kind !== TokenKind.capitalized && kind !== TokenKind.upper && kind !== TokenKind.mixed) return undefined
    if (functionWords.has(document.word(token).toLowerCase())) return undefined
    let last = token
    while (last + 1 < document.tokens.count && last - token < 4) {
      const next = last + 1
      const link = document.gap(last)
      if (link !== ' ' && link !== '-' && link !== '. ' && link !== ' (') break
      const nextKind = document.kind(next)
      const small = nextKind === TokenKind.lower && isSmallWord(document.folded(next)) && document.gap(next) === ' '
      if (!small && nextKind !== TokenKind.capitalized && nextKind !== TokenKind.upper) break
      if (nextKind !== TokenKind.lower && functionWords.has(document.word(next).toLowerCase())) break
      last = next
    }
    while (last > token && document.kind(last) === TokenKind.lower) last--
    const place =
      (document.known(token, this.#lexicon) & (Known.place | Known.country)) !== 0 ||
      this.#lexicon.placesBeginningWith(document.folded(token)).length > 0
    if (gap === ' ' && !place) return undefined
    const end = document.end(last)
    const followed = /^(?:,? ?\r?\n|, ?[A-Z\d]| \d|$|[.?!](?:\s|$))/.test(document.text.slice(end, end + 4))
    if (!place && !followed) return undefined
    return {last, strength: place ? 1 : 0.5, evidence: place ? 'place' : 'town'}
  }
}

const longestOpening = 12
const smallOpenings = set('corner p po post postbox poštni unit box psc')

/** Whether an address can begin with this word though it has no capital: "ulica Janeza Puharja 3". */
function opensInSmallLetters(document: TextDocument, token: number): boolean {
  if (document.end(token) - document.start(token) > longestOpening) return false
  const word = document.word(token)
  return streetWords.has(word) || smallOpenings.has(word)
}

function isHouseNumber(document: TextDocument, token: number): boolean {
  const word = document.word(token)
  return (
    /^\d{1,6}[a-zA-Z]?$/.test(word) &&
    !/^[.:,]\d|^%|^\//.test(document.text.slice(document.end(token), document.end(token) + 2))
  )
}

function isSmallWord(folded: string): boolean {
  return /^(?:de|del|della|di|da|do|dos|das|la|le|les|du|des|van|von|der|den|het|of|the|na|ob|pri|pod|y|e|el|al)$/.test(
    folded,
  )
}

/** `USS Nimitz` before a fleet post office, as the Military Postal Service writes it. */
function shipAt(document: TextDocument, token: number): Street | undefined {
  if (!/^(?:USS|USNS|USNV|USCGC)$/.test(document.word(token)) || token + 1 >= document.tokens.count) return undefined
  for (let last = token + 1; last < Math.min(document.tokens.count, token + 4); last++) {
    if (document.kind(last) === TokenKind.lower) return undefined
    const end = document.end(last)
    if (military.test(document.text.slice(end, end + 24).trimStart())) return {last, score: 0.6, evidence: 'ship'}
  }
  return undefined
}

/** `P.O. Box 149`, `PSC 0272, Box 1651`, `Unit 7349 Box 6067`. The last token of the number, and of a second one. */
function boxAt(document: TextDocument, token: number): Street | undefined {
  const {count} = document.tokens
  const first = document.text.charAt(document.start(token)).toLowerCase()
  if (!'pbuc'.includes(first)) return undefined
  let last = token
  for (let next = token + 1; next < Math.min(count, token + 4); next++) {
    if (document.kind(next) === TokenKind.number) {
      const label = document.text.slice(document.start(token), document.end(next - 1))
      if (!boxes.test(label) || !/^(?:\. ?| ?#?)$/.test(document.gap(next - 1))) return undefined
      last = next
      break
    }
  }
  if (last === token) return undefined
  const label = document.folded(token)
  const second = last + 2 < count && document.folded(last + 1) === 'box' && document.kind(last + 2) === TokenKind.number
  if (second) return {last: last + 2, score: 0.7, evidence: 'box'}
  const weak = label === 'unit' || label === 'box' || label === 'cmr' || label === 'psc'
  return weak ? undefined : {last, score: 0.6, evidence: 'box'}
}
