import {isDigit, isWordCharacter} from './character-class.ts'

/**
 * Groups of digits that stand close together: `4111 1111 1111 1111`, `(01) 234-56-78`, `2026-11-22 18:30`. Cards, phones, dates and
 * the like are searched among these alone.
 */
export interface NumberRun {
  /** Offsets of each group of digits; ends are exclusive. */
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  /** The digits of each group. */
  readonly groups: readonly string[]
  /** What stands after each group, up to the next one; the last is empty. */
  readonly separators: readonly string[]
  /** Of all groups together. */
  readonly digits: number
}

const longestGroup = 34
/** A card's number that is written digit by digit has nineteen. */
const mostGroups = 19

/** Separators that may stand between two groups of one number. */
const separator = /^(?:[ \t]?[-./:()x][ \t]?|[ \t]|\) ?| \(|\)-)$/

interface Growing {
  readonly starts: number[]
  readonly ends: number[]
  readonly groups: string[]
  readonly separators: string[]
  digits: number
}

/** All runs of a text, in order. Digits that touch a letter on their left belong to an identifier and begin no run. */
export function findNumberRuns(text: string): NumberRun[] {
  const runs: NumberRun[] = []
  const digit = /\d+/g
  let current: Growing | undefined
  for (let match = digit.exec(text); match; match = digit.exec(text)) {
    const start = match.index
    const end = digit.lastIndex
    const previousEnd = current?.ends.at(-1)
    const between = previousEnd === undefined || start - previousEnd > 3 ? undefined : text.slice(previousEnd, start)
    const joins =
      current !== undefined && between !== undefined && separator.test(between) && current.groups.length < mostGroups
    if (joins && current) {
      current.separators[current.separators.length - 1] = between as string
      current.starts.push(start)
      current.ends.push(end)
      current.groups.push(match[0].slice(0, longestGroup))
      current.separators.push('')
      current.digits += end - start
      continue
    }
    if (current) runs.push(current)
    current = undefined
    if (isWordCharacter(text.charCodeAt(start - 1)) && !isDigit(text.charCodeAt(start - 1))) continue
    current = {
      starts: [start],
      ends: [end],
      groups: [match[0].slice(0, longestGroup)],
      separators: [''],
      digits: end - start,
    }
  }
  if (current) runs.push(current)
  return runs
}
