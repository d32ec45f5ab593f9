const ascii = /^[\0-\x7f]*$/
/** Marks that a Latin, Greek or Cyrillic writer may leave out, Arabic vowel signs and the Arabic lengthening stroke. */
const optionalMarks = /[\u0300-\u036f\u064b-\u0652\u0640]/g
/** Soft hyphens, joiners and other signs that are not seen. */
const invisible = /\p{Cf}/gu
const decomposable = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}]/u

/** Letters that Unicode does not decompose and that are commonly typed as these. */
const plainLetters: Readonly<Record<string, string>> = {
  ı: 'i',
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ħ: 'h',
  ς: 'σ',
}
const plainLetter = /[ıßøłđðþæœħς]/g

/**
 * Lower case in the language's own way: Turkish and Azeri have a dotted and a dotless i. NFC, without invisible signs.
 */
export function lowerCase(word: string, language: string): string {
  if (language === 'tr' || language === 'az')
    return word.normalize('NFC').replace(invisible, '').toLocaleLowerCase(language)
  if (ascii.test(word)) return word.toLowerCase()
  // Without a language İ becomes i and a combining dot; the dot says nothing here.
  return word.normalize('NFC').replace(invisible, '').toLowerCase().replaceAll('i̇', 'i')
}

/**
 * Takes away what writers leave out: accents, the dot of ı, the stroke of đ. Both sides of the search are folded, so
 * that `placilo` finds `plačilo`. Scripts whose marks are vowels (Devanagari, Thai…) and kana are left as they are.
 */
export function foldDiacritics(word: string): string {
  if (ascii.test(word)) return word
  const plain = word.replace(plainLetter, letter => plainLetters[letter]!)
  if (!decomposable.test(plain)) return plain
  return plain.normalize('NFD').replace(optionalMarks, '').normalize('NFC')
}
