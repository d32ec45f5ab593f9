import type {IdentityKind} from './declaration.ts'
import type {GivenIdentity, Identity, Subject} from './personal-store.ts'

/** Characters that are not seen and stand in copied text: soft hyphen, zero-width spaces and joiners, byte order mark. */
const invisible = /[\u00ad\u200b-\u200d\u2060\ufeff]/g
/** What people write between the digits of a telephone number. */
const separators = '[\\s\\u00a0\\u2009\\u202f().\\/\\-\\u2010-\\u2013]'
const digitRun = new RegExp(`\\+?\\d(?:${separators}{0,3}\\d){6,17}`, 'g')
/** ITU-T E.164: a number has at most 15 digits, of which a country's code takes one to three. */
const longestCountryCode = 3
const shortestNumber = 7
const shortestOpaque = 8

/** A value as it is compared: without case, composed, without what cannot be seen; a telephone number as its digits. */
export function normalisedIdentity({kind, value}: GivenIdentity): string {
  if (kind === 'phone') return phoneDigits(value)
  const composed = value.normalize('NFKC').replace(invisible, '').trim()
  return kind === 'email' ? composed.toLowerCase() : composed
}

/** Whether two values of a kind stand for the same. A national number is the same as that number with a country's code. */
export function sameIdentity(kind: IdentityKind, one: string, other: string): boolean {
  const [a, b] = [normalisedIdentity({kind, value: one}), normalisedIdentity({kind, value: other})]
  if (a === '' || b === '') return false
  return kind === 'phone' ? samePhone(a, b) : a === b
}

function phoneDigits(value: string): string {
  const digits = value.normalize('NFKC').replace(/\D/g, '')
  return digits.startsWith('00') ? digits.slice(2) : digits
}

/**
 * A number without its trunk prefix, and what is left of it without a country's code, where that is long enough to be a
 * number: of two that stand for the same, the shorter is a form of the longer (`sameIdentity`).
 */
export function phoneForms(value: string): {readonly whole: string; readonly endings: readonly string[]} {
  const whole = phoneDigits(value).replace(/^0/, '')
  const endings = Array.from({length: longestCountryCode}, (_, at) => whole.slice(at + 1))
  return {whole, endings: endings.filter(ending => ending.length >= shortestNumber)}
}

/**
 * What in free text may be an identifier that somebody is looked for by, as `IdentifierSearch.mentionedIn` would find it
 * there: e-mail addresses, telephone numbers, and other words with a letter and a digit in them.
 */
export function identifiersIn(text: string): {
  readonly emails: readonly string[]
  readonly phones: readonly string[]
  readonly others: readonly string[]
} {
  const plain = text.normalize('NFKC').replace(invisible, '')
  const words = new Set<string>()
  for (const [run] of plain.matchAll(/[^\s"<>()[\]{},;]{3,2000}/gu)) {
    if (!/[\d@]/.test(run)) continue
    words.add(run.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''))
    for (const [word] of run.matchAll(/[\p{L}\p{N}_.@%+-]+/gu)) words.add(word.replace(/^[._-]+|[.-]+$/g, ''))
  }
  const all = [...words]
  return {
    emails: all.filter(word => isSearchable({kind: 'email', value: word})),
    phones: [...new Set(plain.match(digitRun) ?? [])].filter(phone => isSearchable({kind: 'phone', value: phone})),
    others: all.filter(word => !word.includes('@') && isSearchable({kind: 'user', value: word})),
  }
}

function samePhone(one: string, other: string): boolean {
  if (one === other) return one.length >= shortestNumber
  // A country's trunk prefix is not dialled after its code: +386 40 … is 040 … at home.
  const [short, long] = [one, other].map(each => each.replace(/^0/, '')).toSorted((a, b) => a.length - b.length) as [
    string,
    string,
  ]
  return short.length >= shortestNumber && long.length - short.length <= longestCountryCode && long.endsWith(short)
}

/** Whether a value is telling enough to be looked for in anybody's words: `local` or `12` would be found everywhere. */
export function isSearchable({kind, value}: GivenIdentity): boolean {
  if (kind === 'email') return /^[^\s@]+@[^\s@]+$/.test(value)
  if (kind === 'phone') return phoneDigits(value).length >= shortestNumber
  return value.length >= shortestOpaque && /\d/.test(value) && /\p{L}/u.test(value)
}

interface Sought {
  readonly identity: Identity
  readonly normalised: string
  /** Every way the value can stand in a file, read as Latin-1. */
  readonly inBytes: readonly RegExp[]
}

/** Looks for the identifiers of a subject, by value in fields, in free text and in the bytes of files. */
export class IdentifierSearch {
  readonly #byKind: ReadonlyMap<IdentityKind, readonly Identity[]>
  readonly #sought: readonly Sought[]

  constructor({identities}: Pick<Subject, 'identities'>) {
    this.#byKind = Map.groupBy(identities, ({kind}) => kind)
    this.#sought = identities.filter(isSearchable).map(identity => ({
      identity,
      normalised: normalisedIdentity(identity),
      inBytes: bytePatterns(identity),
    }))
  }

  /** Whether anything can be looked for in free text and in files. */
  get isTelling(): boolean {
    return this.#sought.length > 0
  }

  /** The identities of a kind, as they were given. */
  of(kind: IdentityKind): readonly Identity[] {
    return this.#byKind.get(kind) ?? []
  }

  /** The identities that a field's value stands for. */
  matching(kind: IdentityKind, value: unknown): Identity[] {
    if (typeof value !== 'string') return []
    return this.of(kind).filter(identity => sameIdentity(kind, identity.value, value))
  }

  /** The identities that free text mentions: whole, in any case, composed or not, in any format of a telephone number. */
  mentionedIn(text: string): Identity[] {
    if (this.#sought.length === 0 || text === '') return []
    const folded = text.normalize('NFKC').replace(invisible, '').toLowerCase()
    let phones: string[] | undefined
    return this.#sought.flatMap(({identity, normalised}) => {
      if (identity.kind === 'phone') {
        phones ??= (folded.match(digitRun) ?? []).map(phoneDigits)
        return phones.some(phone => samePhone(phone, normalised)) ? [identity] : []
      }
      return containsWhole(folded, normalised.toLowerCase()) ? [identity] : []
    })
  }

  /** The identities that any text within a value mentions: a string, an object, an array, JSON in a string. */
  mentionedInValue(value: unknown): Identity[] {
    if (this.#sought.length === 0) return []
    const found = new Set<Identity>()
    for (const text of textsWithin(value)) for (const identity of this.mentionedIn(text)) found.add(identity)
    return [...found]
  }

  /**
   * How often the identifiers stand in bytes, in UTF-8 or UTF-16. Cells of a database stand side by side without a
   * space, so that `ana@example.com` is also found in `mariana@example.com`.
   * @param latin1 the bytes, each a character.
   * @param from only what ends after this position counts.
   */
  occurrences(latin1: string, from = 0): number {
    return total(this.counts(latin1, from))
  }

  /** The same, one number for each identifier. */
  counts(latin1: string, from = 0): number[] {
    return this.#sought.map(({inBytes}) => {
      let count = 0
      for (const pattern of inBytes) {
        pattern.lastIndex = 0
        for (let found = pattern.exec(latin1); found; found = pattern.exec(latin1)) {
          if (found.index + found[0].length > from) count += 1
        }
      }
      return count
    })
  }
}

export function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

/** Nothing that could belong to a longer address or identifier stands before or after. */
function containsWhole(text: string, value: string): boolean {
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
    const before = text.slice(Math.max(0, at - 2), at)
    const after = text.slice(at + value.length, at + value.length + 2)
    if (!isMiddle(value, before) && !/^(?:[\p{L}\p{N}_]|[.-][\p{L}\p{N}])/u.test(after)) return true
  }
  return false
}

/** Whether what stands before belongs to the value: `jan.ana@example.com` is somebody else's address than Ana's. */
function isMiddle(value: string, before: string): boolean {
  if (/[\p{L}\p{N}_%+-]$/u.test(before)) return true
  return value.includes('@') && /[\p{L}\p{N}_%+-]\.$/u.test(before)
}

/** Every text in a value; what is JSON is read, since its escapes hide words and borders of words. */
export function* textsWithin(value: unknown): Generator<string> {
  if (typeof value === 'string') {
    yield value
    const parsed = /^\s*[[{"]/.test(value) ? parsedJson(value) : undefined
    if (parsed !== undefined) yield* textsWithin(parsed)
  } else if (Array.isArray(value)) {
    for (const each of value) yield* textsWithin(each)
  } else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    for (const [name, each] of Object.entries(value)) {
      yield name
      yield* textsWithin(each)
    }
  } else if (typeof value === 'number' || typeof value === 'bigint') {
    yield String(value)
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function bytePatterns(identity: Identity): RegExp[] {
  if (identity.kind === 'phone') return phonePatterns(normalisedIdentity(identity))
  const value = normalisedIdentity(identity)
  const forms = new Set<string>()
  for (const each of [value, identity.value, value.toLowerCase(), value.toUpperCase()]) {
    for (const form of ['NFC', 'NFD'] as const) {
      for (const encoding of ['utf8', 'utf16le'] as const) {
        // Letters of ASCII are compared without case below; others stand here in both.
        forms.add(asciiLower(Buffer.from(each.normalize(form), encoding).toString('latin1')))
      }
    }
  }
  return [...forms].map(form => new RegExp(form.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'gi'))
}

/** `i` would also make é of É in Latin-1, which in UTF-8 are halves of other letters: that only finds more. */
function asciiLower(text: string): string {
  return text.replace(/[A-Z]/g, letter => letter.toLowerCase())
}

/** The digits behind the country's code, with whatever stands between them. */
function phonePatterns(digits: string): RegExp[] {
  const national = digits.replace(/^0/, '').slice(-Math.max(shortestNumber, digits.length - longestCountryCode))
  const between = '(?:[ ().\\/\\-\\t]|\\xc2\\xa0|\\xe2\\x80[\\x90-\\x93\\x89\\xaf]){0,3}'
  const wide = '(?:[ ().\\/\\-\\t\\xa0]\\0){0,3}'
  return [
    new RegExp([...national].join(between), 'g'),
    new RegExp([...national].map(digit => `${digit}\\0`).join(wide), 'g'),
  ]
}
