declare module 'snowball-stemmers' {
  /** Makes a stemmer for an algorithm named as in `algorithms()`; throws for any other name. */
  export function newStemmer(algorithm: string): {stem(word: string): string}
  export function algorithms(): string[]
}

declare module '@nlpjs/lang-sl/src/stemmer-sl.js' {
  /** The Snowball-style Slovenian stemmer; `stemWord` would keep every word for ever, so the steps are called singly. */
  export default class StemmerSl {
    setCurrent(word: string): void
    innerStem(): void
    getCurrent(): string
  }
}

declare module 'eld/extrasmall' {
  export {eld as default} from 'eld'
}
