/** Takes a lower-case word to its stem. */
export type Stem = (word: string) => string

/** ISO 639-1 codes and the Snowball algorithm for them (https://snowballstem.org/algorithms/). */
const snowballAlgorithms: Readonly<Record<string, string>> = {
  ar: 'arabic',
  ca: 'catalan',
  cs: 'czech',
  da: 'danish',
  de: 'german',
  en: 'english',
  es: 'spanish',
  eu: 'basque',
  fi: 'finnish',
  fr: 'french',
  ga: 'irish',
  hu: 'hungarian',
  hy: 'armenian',
  it: 'italian',
  nl: 'dutch',
  no: 'norwegian',
  pt: 'portuguese',
  ro: 'romanian',
  ru: 'russian',
  sv: 'swedish',
  ta: 'tamil',
  tr: 'turkish',
}

/**
 * The stemmer of a language, loaded on demand: Snowball's, or for Slovenian, which Snowball lacks, that of NLP.js.
 * @returns undefined for a language without a stemmer; its words are indexed as they are.
 */
export async function loadStemmer(language: string): Promise<Stem | undefined> {
  if (language === 'sl') return loadSlovenianStemmer()
  const algorithm = snowballAlgorithms[language]
  if (algorithm === undefined) return undefined
  const {default: snowball} = await import('snowball-stemmers')
  const stemmer = snowball.newStemmer(algorithm)
  return word => stemmer.stem(word)
}

async function loadSlovenianStemmer(): Promise<Stem> {
  const {default: StemmerSl} = await import('@nlpjs/lang-sl/src/stemmer-sl.js')
  const stemmer = new StemmerSl()
  return word => {
    stemmer.setCurrent(word)
    stemmer.innerStem()
    return stemmer.getCurrent()
  }
}
