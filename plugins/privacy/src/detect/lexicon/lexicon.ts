import {fold} from '../fold.ts'
import english from './english-words.json' with {type: 'json'}
import names from './names.json' with {type: 'json'}
import {nationalities} from './nationalities.ts'
import {technicalNames} from './technical-names.ts'

/** What is known of a folded word; bits of a set. */
export const Known = {
  given: 1,
  surname: 2,
  /** An ordinary English word besides, or the name of a product: alone it is no name. */
  word: 4,
  place: 8,
  /** South Slavic: its inflected forms are looked for. */
  slavic: 16,
  nationality: 32,
  country: 64,
  /** A given name in several countries. */
  frequent: 128,
  /** A product or word of the trade. */
  technical: 256,
} as const

/** Names, places and nationalities by folded word; places of several words by their first one. */
export interface Lexicon {
  /** Bits of {@link Known}; 0 for an unknown word. */
  of(folded: string): number
  /** The words after the first of every place that begins with this word. */
  placesBeginningWith(folded: string): readonly (readonly string[])[]
}

let loaded: Lexicon | undefined

/** The lexicon of the program, built at the first call. */
export function lexicon(): Lexicon {
  loaded ??= build()
  return loaded
}

const languages = ['en', 'sl']
/** Letters of ISO 3166-1 alpha-2 codes; Intl answers with the code itself where there is no such country. */
const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']

function countryNames(): string[] {
  return languages.flatMap(language => {
    const display = new Intl.DisplayNames(language, {type: 'region', fallback: 'none'})
    const codes = alphabet.flatMap(first => alphabet.map(second => first + second))
    return codes.map(code => display.of(code)).filter(name => name !== undefined)
  })
}

function build(): Lexicon {
  const known = new Map<string, number>()
  const longer = new Map<string, string[][]>()
  const add = (words: readonly string[], bit: number) => {
    for (const word of words) known.set(word, (known.get(word) ?? 0) | bit)
  }
  const addPlace = (place: string, bits: number) => {
    const [first, ...rest] = place.split(/[\s-]+/)
    if (first === undefined) return
    if (rest.length === 0) add([first], bits)
    else longer.set(first, [...(longer.get(first) ?? []), rest])
  }
  add(names.given.split(' '), Known.given)
  add(names.frequent.split(' '), Known.frequent)
  add(names.surnames.split(' '), Known.surname)
  add(names.slavic.split(' '), Known.slavic)
  for (const place of names.places.split('|')) addPlace(place, Known.place)
  for (const country of [...countryNames(), ...furtherPlaces])
    addPlace(fold(country).replace(/[().,’']/g, ''), Known.place | Known.country)
  add(english.words.split(' '), Known.word)
  add(technicalNames, Known.word | Known.technical)
  add(nationalities, Known.nationality)
  for (const places of longer.values()) places.sort((a, b) => b.length - a.length)
  return {of: word => known.get(word) ?? 0, placesBeginningWith: word => longer.get(word) ?? []}
}

const furtherPlaces = [
  'USA',
  'UK',
  'England',
  'Scotland',
  'Wales',
  'Great Britain',
  'Britain',
  'Europe',
  'America',
  'North America',
  'South America',
  'Central America',
  'Latin America',
  'Asia',
  'Africa',
  'Holland',
  'Turkey',
  'Macedonia',
  'Czech Republic',
  'London',
  'New York',
  'New York City',
  'Paris',
  'Berlin',
  'Madrid',
  'Rome',
  'Vienna',
  'Zagreb',
  'Belgrade',
  'Sarajevo',
  'Skopje',
  'Trieste',
  'Graz',
  'Munich',
  'Brussels',
  'Amsterdam',
  'Prague',
  'Warsaw',
  'Budapest',
  'Moscow',
  'Tokyo',
  'Beijing',
  'Shanghai',
  'Hong Kong',
  'Singapore',
  'Sydney',
  'Toronto',
  'Boston',
  'Chicago',
  'San Francisco',
  'Los Angeles',
  'Washington',
  'Dunaj',
  'Gradec',
  'Celovec',
  'Beljak',
  'Trst',
  'Gorica',
  'Videm',
  'Benetke',
  'Rim',
  'Pariz',
  'Evropa',
  'ZDA',
  'Anglija',
]
