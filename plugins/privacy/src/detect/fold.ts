const special = new Map(
  Object.entries({đ: 'd', ð: 'd', ł: 'l', ø: 'o', ß: 'ss', þ: 'th', æ: 'ae', œ: 'oe', ı: 'i', ħ: 'h', ŧ: 't', ə: 'e'}),
)
const ascii = /^[\0-\x7F]*$/
const marks = /\p{M}/gu
const specials = /[đðłøßþæœıħŧə]/g

/** A word as lexicons hold it: small letters, without diacritics, so that Žiga, ŽIGA and Ziga are one. */
export function fold(word: string): string {
  const lower = word.toLowerCase()
  if (ascii.test(lower)) return lower
  return lower
    .normalize('NFD')
    .replace(marks, '')
    .replace(specials, letter => special.get(letter) ?? letter)
}
