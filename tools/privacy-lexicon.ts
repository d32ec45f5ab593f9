/**
 * Writes names.json and english-words.json of plugins/privacy/src/detect/lexicon from the word lists of packages under the MIT licence: names and places of
 * @faker-js/faker, German, Spanish, French and Italian given names of gender-detection-from-name (its English list has words like "the"), and, to tell names that are also words, the English words
 * of categorized-words. The lists are folded (small letters, no diacritics). `node tools/privacy-lexicon.ts`
 */
import {createRequire} from 'node:module'
import {writeFileSync} from 'node:fs'
import {resolve} from 'node:path'
import {allLocales} from '@faker-js/faker'
import {fold} from '../plugins/privacy/src/detect/fold.ts'
import {
  slovenianGivenNames,
  slovenianPlaces,
  slovenianSurnames,
} from '../plugins/privacy/src/detect/lexicon/slovenian-seed.ts'

const require = createRequire(import.meta.url)
const directory = resolve(import.meta.dirname, '../plugins/privacy/src/detect/lexicon')

/** Locales in another script than Latin, Greek or Cyrillic have no capitals to find names by; invented languages have no bearers. */
const skipped = new Set([
  'ar',
  'bn_BD',
  'dv',
  'eo',
  'fa',
  'he',
  'hy',
  'ja',
  'ka_GE',
  'ko',
  'ku_ckb',
  'ne',
  'ta_IN',
  'th',
  'ur',
  'zh_CN',
  'zh_TW',
  'en_AU_ocker',
  'en_BORK',
])
const slavic = new Set(['sl_SI', 'hr', 'sr_RS_latin'])

type Entries =
  | readonly string[]
  | {readonly [kind: string]: readonly (string | {readonly value?: string})[] | undefined}
  | undefined
  | null

function values(entries: Entries): string[] {
  if (!entries) return []
  const lists = Array.isArray(entries) ? [entries] : Object.values(entries)
  return lists.flat().filter((each): each is string => typeof each === 'string')
}

const word = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{M}]+$/u
const given = new Set<string>()
/** In how many lists a given name stands. */
const lists = new Map<string, Set<string>>()
const surnames = new Set<string>()
const places = new Set<string>()
const slavicGiven = new Set<string>()
const slavicSurnames = new Set<string>()

function addName(name: string, ...sets: readonly Set<string>[]): void {
  for (const part of name.split(/[\s'’-]+/)) {
    if (!word.test(part) || part.length < 3 || !/^\p{Lu}/u.test(part)) continue
    for (const set of sets) set.add(fold(part))
  }
}

function count(name: string, list: string): void {
  const folded = fold(name)
  lists.set(folded, (lists.get(folded) ?? new Set()).add(list))
}

for (const [locale, data] of Object.entries(allLocales)) {
  if (skipped.has(locale)) continue
  const isSlavic = slavic.has(locale)
  for (const name of values(data.person?.first_name as Entries))
    addName(name, given, ...(isSlavic ? [slavicGiven] : []))
  for (const name of values(data.person?.last_name as Entries))
    addName(name, surnames, ...(isSlavic ? [slavicSurnames] : []))
  const {city_name: cities, state, county} = data.location ?? {}
  for (const place of [cities, state, county].flatMap(each => values(each as Entries))) {
    if (place.length > 3 && /^\p{Lu}[\p{L}\p{M}' -]+$/u.test(place)) places.add(fold(place.trim()))
  }
}
for (const language of ['de', 'es', 'fr', 'it']) {
  const list = require(`gender-detection-from-name/names/${language}.js`) as ReadonlyMap<string, string>
  for (const name of list.keys()) count(name, `list-${language}`)
  for (const name of list.keys()) addName(name.charAt(0).toUpperCase() + name.slice(1), given)
}
for (const name of slovenianGivenNames.split(' ')) addName(name, given, slavicGiven)
for (const name of slovenianSurnames.split(' ')) addName(name, surnames, slavicSurnames)
for (const place of slovenianPlaces.split('|')) places.add(fold(place))

const english = require('categorized-words') as Record<string, readonly string[]>
const words = new Set(Object.values(english).flat())
const listed = (set: ReadonlySet<string>) => [...set].toSorted().join(' ')
const write = (name: string, content: unknown) =>
  writeFileSync(resolve(directory, name), `${JSON.stringify(content, null, 1)}\n`)

write('names.json', {
  given: listed(given),
  frequent: listed(new Set([...given].filter(name => (lists.get(name)?.size ?? 0) >= 3))),
  surnames: listed(surnames),
  slavic: listed(new Set([...slavicGiven, ...slavicSurnames])),
  places: [...places].toSorted().join('|'),
})
write('english-words.json', {words: listed(new Set([...words].filter(each => /^[a-z]{3,13}$/.test(each))))})
process.stdout.write(
  `${given.size} given names, ${surnames.size} surnames, ${places.size} places, ${words.size} words\n`,
)
