import {functionWords} from '../lexicon/function-words.ts'
import {Known, type Lexicon} from '../lexicon/lexicon.ts'
import {type Finding, type Recognizer, Sign} from '../recognizer.ts'
import type {TextDocument} from '../text-document.ts'
import {TokenKind} from '../tokens.ts'

const strong =
  /(?:^|[^\p{L}])(?:live[sd]? in|living in|reside[sd]? in|resident of|born in|born and raised in|moved (?:here |there |back )?(?:from|to)|travel(?:l?ing|l?ed|s)? (?:to|from)|trip to|flight to|fly(?:ing)? to|returned to|back to|arriv(?:ed|ing|es?) (?:at|in)|based in|originally from|comes? from|came from|i(?:'m| am) (?:in|from)|(?:is|are|was|were) from|visit(?:ed|ing)?|citizen of|headquartered in|grew up in|raised in|studied in|stay(?:ed|ing)? in|stuck in|landed in|vacation(?:ing)? in|holidays? in|(?:weather|offices?|house|apartment|flat|hotel|hospital|branch|home|store) in|(?:e|im)migrated (?:to|from)|relocat(?:ed|ing) (?:to|from)|depart(?:ed|ing|ure) from|deported (?:to|from)|leav(?:e|ing) for|head(?:ed|ing) (?:to|for)|driv(?:e|ing) (?:to|from)|drove (?:to|from)|(?:capital|mayor|people|population|outskirts|suburbs?|streets|heart|cent(?:er|re)) of|(?:north|south|east|west) of|city of|town of|village of|street in|serving (?:southern|northern|eastern|western)|živi(?:m|š|mo|te|jo)? v|stanuje(?:m|š|mo|te|jo)? v|rojena? v|doma iz|doma v|prebiva v|prihaja(?:m)? iz|preselil[ai]? v|potuje(?:m)? v|kraj:?|mesto:|city:|country:|town:|država:) $/iu
const weak =
  /(?:^|[^\p{L}])(?:in|to|from|at|near|of|around|outside|southern|northern|eastern|western|v|iz|na|do|pri|blizu|okoli|južni|severni) $/iu
const slovenianPreposition = /(?:^|[^\p{L}])(?:v|iz|na|do|pri|blizu|okoli|mimo|proti|kraj:|mesto:) $/iu
const placeFields = new Set(
  'city town country state region place location kraj mesto drzava obcina regija naselje'.split(' '),
)

const reach = 30
const longestUnknownPlace = 4

/** Countries, regions and towns: known ones by themselves, unknown ones where the words before leave no doubt. */
export class PlaceRecognizer implements Recognizer {
  readonly name = 'place'
  readonly types = ['LOCATION'] as const
  readonly signs = Sign.capital
  readonly #lexicon: Lexicon

  constructor(lexicon: Lexicon) {
    this.#lexicon = lexicon
  }

  find(document: TextDocument, report: (finding: Finding) => void): void {
    for (let token = 0; token < document.tokens.count;) {
      const last = this.#place(document, token, report)
      token = last === undefined ? token + 1 : last + 1
    }
  }

  /** Reports the place that begins at a token, and tells its last one. */
  #place(document: TextDocument, token: number, report: (finding: Finding) => void): number | undefined {
    const kind = document.kind(token)
    if (kind !== TokenKind.capitalized && kind !== TokenKind.upper) return undefined
    const start = document.start(token)
    if (/[\w./\\_@#$<`={-]/.test(document.text.charAt(start - 1))) return undefined
    const before = document.text.slice(Math.max(0, start - reach), start)
    const folded = document.folded(token)
    const several = this.#severalWords(document, token, folded)
    const surely = strong.test(before)
    const maybe = weak.test(before)
    const inField = document.field.some(word => placeFields.has(word))
    const boost = surely || inField ? 0.3 : maybe ? 0.15 : 0
    const emit = (last: number, score: number, evidence: string) => {
      const end = document.end(last)
      if (/[_(/\\={<`@[]/.test(document.text.charAt(end)) || /^\.[\p{L}\d]/u.test(document.text.slice(end, end + 2)))
        return undefined
      const why = surely ? [evidence, 'after words of place'] : maybe ? [evidence, 'after a preposition'] : [evidence]
      report({type: 'LOCATION', start, end, score: Math.min(0.95, score + boost), evidence: why})
      return last
    }
    if (several !== undefined) return emit(several, 0.7, 'place of several words')
    const known = document.known(token, this.#lexicon)
    if (
      known & Known.country &&
      (kind === TokenKind.capitalized || folded.length > 3 || surely || /^(?:usa|uk|zda)$/.test(folded))
    ) {
      return emit(token, known & (Known.word | Known.given) && !maybe ? 0.35 : 0.6, 'country')
    }
    if (known & Known.place && kind === TokenKind.capitalized) {
      const ambiguous = (known & (Known.given | Known.surname | Known.word)) !== 0
      return emit(token, ambiguous ? 0.3 : 0.4, ambiguous ? 'place, or a name or word' : 'place')
    }
    if (slovenianPreposition.test(before) && this.#inflected(folded)) return emit(token, 0.45, 'inflected place')
    if ((surely || inField) && !functionWords.has(document.word(token).toLowerCase())) {
      if (
        known & (Known.nationality | Known.given) ||
        (known & Known.word && kind === TokenKind.capitalized && !inField)
      )
        return undefined
      return emit(this.#unknownEnd(document, token), 0.35, 'capitalised')
    }
    return undefined
  }

  #severalWords(document: TextDocument, token: number, folded: string): number | undefined {
    for (const rest of this.#lexicon.placesBeginningWith(folded)) {
      if (token + rest.length >= document.tokens.count) continue
      const fits = rest.every(
        (word, at) => /^(?: |-|-? ?\()$/.test(document.gap(token + at)) && document.folded(token + at + 1) === word,
      )
      const last = token + rest.length
      if (fits && document.kind(last) !== TokenKind.lower) return last
    }
    return undefined
  }

  /** Ljubljani, Ljubljane, Ljubljano; Maribora, Mariboru; Slovenije. */
  #inflected(folded: string): boolean {
    const stem = folded.replace(/(?:[aeiou]|om|em|ih|ah)$/, '')
    if (stem.length < 3 || stem === folded) return false
    return [stem, `${stem}a`, `${stem}o`, `${stem}e`, `${stem}je`].some(
      base => (this.#lexicon.of(base) & (Known.place | Known.country)) !== 0,
    )
  }

  #unknownEnd(document: TextDocument, token: number): number {
    let last = token
    while (last - token + 1 < longestUnknownPlace && last + 1 < document.tokens.count) {
      const kind = document.kind(last + 1)
      const gap = document.gap(last)
      if ((gap !== ' ' && gap !== '-') || (kind !== TokenKind.capitalized && kind !== TokenKind.upper)) break
      last++
    }
    return last
  }
}
