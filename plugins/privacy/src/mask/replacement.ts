import type {EntityType} from '../detect/entity.ts'

/**
 * What a found value is replaced by. `numbered`: `[PERSON_1]`, the same value always by the same; `label`: `[PERSON]`;
 * `partial`: the last characters stay (****1111); `block`: as many █ as it had characters. All of them are valid inside a JSON string
 * and a CSV cell.
 */
export type MaskStyle = 'numbered' | 'label' | 'partial' | 'block'

/** A value hidden but for its end: four digits of a number, the domain of an address, first letters of a name. */
export function partial(type: EntityType, value: string): string {
  if (type === 'EMAIL_ADDRESS') {
    const at = value.lastIndexOf('@')
    return at > 0 ? `${value.charAt(0)}***${value.slice(at)}` : '***'
  }
  if (/^[\p{L} .'’-]+$/u.test(value)) return value.replace(/\p{L}+/gu, word => `${[...word][0] ?? ''}***`)
  const shown = value.replace(/[^\p{L}\p{N}]/gu, '').length > 8 ? 4 : 2
  let left = shown
  return [...value]
    .toReversed()
    .map(character => {
      if (!/[\p{L}\p{N}]/u.test(character)) return character
      left--
      return left >= 0 ? character : '*'
    })
    .toReversed()
    .join('')
    .replace(/["\\\n\r]/g, '*')
}
