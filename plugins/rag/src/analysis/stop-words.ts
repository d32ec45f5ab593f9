import {lowerCase} from './folding.ts'

let lists: Promise<Readonly<Record<string, readonly string[]>>> | undefined

/** The stop words of a language (stopwords-iso), lower-cased; empty for a language without a list. */
export async function loadStopWords(language: string): Promise<ReadonlySet<string>> {
  lists ??= import('stopwords-iso', {with: {type: 'json'}}).then(module => module.default)
  const list = (await lists)[language] ?? []
  return new Set(list.map(word => lowerCase(word, language)))
}
