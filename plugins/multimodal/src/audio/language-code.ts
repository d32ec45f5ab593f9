/** English names of languages, as Whisper tells what it has heard, by their ISO 639-1 codes. */
let codes: ReadonlyMap<string, string> | undefined

/** The code of a language that is named in English, such as `slovenian`; what is no such name stays as it is. */
export function languageCode(name: string): string {
  return (codes ??= readCodes()).get(name.toLowerCase()) ?? name.toLowerCase()
}

function readCodes(): ReadonlyMap<string, string> {
  const names = new Intl.DisplayNames(['en'], {type: 'language', fallback: 'none'})
  const letters = 'abcdefghijklmnopqrstuvwxyz'
  const all = [...letters].flatMap(first => [...letters].map(second => first + second))
  // Codes that are no longer used have the names of those that took their place, and come first: `iw` and `he`.
  const current = all.filter(code => Intl.getCanonicalLocales(code)[0] === code)
  return new Map(
    current.flatMap(code => {
      const name = names.of(code)
      return name === undefined ? [] : [[name.toLowerCase(), code] as const]
    }),
  )
}
