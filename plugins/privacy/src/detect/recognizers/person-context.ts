import {fold} from '../fold.ts'
import type {TextDocument} from '../text-document.ts'
import {TokenKind} from '../tokens.ts'

/** 2 says that a name follows, 1 that one may. */
export interface ContextStrength {
  readonly strength: 0 | 1 | 2
  readonly word: string
}

const nothing: ContextStrength = {strength: 0, word: ''}

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '))

const titles = set(
  'mr mrs ms miss mx dr prof professor sir madam madame dame lord lady gospod gospa gospodicna gospoda gospe gospo gospodu rev fr capt captain sgt lt col gen',
)
/** Written out: no full stop belongs to them. */
const wholeTitles = set(
  'miss madam madame dame lord lady sir professor gospod gospa gospodicna gospoda gospe gospo gospodu',
)
const longestTitle = 11
/** Only with a full stop: they are also words or letters. */
const shortTitles = set('g ga gdc mag doc')

const announcing = [
  /(?:^|[^a-z])(?:my|her|his|your|our|their|maiden|full|first|last|middle|given|family|user|customer|client|patient|account|holder'?s?|partner'?s|husband'?s|wife'?s) names? (?:is|was|to be|are|as)$/,
  /(?:^|[^a-z])names?(?: is|:| -| to|\?)$/,
  /(?:^|[^a-z])(?:named|nicknamed|surnamed|calls? (?:me|him|her|himself|herself)|called|known as|named (?:him|her|after)|change (?:it|this|the name) to|correct it to|name it)$/,
  /(?:^|[^a-z])(?:dear|sincerely,?|regards,?|cheers,?|yours,?|signed|signed by|attn:?|attention:|c\/o|spostovani|spostovana|dragi|draga|pozdrav,?|podpisani|podpisana|lp,?)$/,
  /(?:^|[^a-z])(?:name|full name|first name|surname|customer|client|patient|employee|contact|author|from|to|signed by|ime|priimek|ime in priimek|stranka|kontakt|pacient|avtor|zavarovanec|narocnik|oseba):$/,
  /(?:^|[^a-z])(?:ime (?:mi |mu |ji |ji je |mu je |mi je )?(?:je|:)|imenu|po imenu|pisem se|klice(?:m|jo|ta)? (?:se|me|ga|jo)|imenoval[ai]?|z imenom|pise se|rojena|porocena)$/,
]

const suggesting = [
  /(?:^|[^a-z])(?:i am|i'm|im|this is|it's|it is|hi|hello|hey|sem|jaz sem|tukaj|pri telefonu)$/,
  /(?:^|[^a-z])(?:sister|brother|mother|father|mom|mum|dad|wife|husband|son|daughter|uncle|aunt|cousin|friend|girlfriend|boyfriend|partner|colleague|boss|manager|guardian|assistant|doctor|nurse|lawyer|teacher|player|singer|songwriter|author|writer|actor|actress|director|president|minister|senator|chairman|ceo|founder|founders|commenter|reporter|detective|judge|patient|client|customer|neighbour|neighbor|witness|sestra|brat|mama|mati|oce|zena|moz|sin|hci|hcerka|prijatelj|prijateljica|sodelavec|sodelavka|direktor|direktorica|predsednik|predsednica|minister|ministrica|zdravnik|zdravnica|profesor|profesorica|avtor|avtorica|stranka|odvetnik|odvetnica|ucitelj|uciteljica)[,:]?$/,
  /(?:^|[^a-z])(?:with|by|meet|met|ask|asked|tell|told|thank|thanks|contact|call|email|visit|invited|married|starring|featuring|feat|ft|under|and|of|for|from|to|heard|about|why is|why does|is|was|has|did|does|when|than|early|s|z|od|za|pri|in|gospodu|gospe|kot)$/,
]

/** The last words of the patterns above: a word that is not among them needs no closer look. */
const lastWords: ReadonlySet<string> = new Set(
  [...announcing, ...suggesting].flatMap(pattern => pattern.source.match(/[a-z]{1,}/g) ?? []),
)

const reach = 48

/** What the words just before a token say about it. */
export function personContextBefore(document: TextDocument, token: number): ContextStrength {
  const start = document.start(token)
  if (titleBefore(document, token)) return {strength: 2, word: document.word(token - 1)}
  if (token > 0 && start - document.end(token - 1) < 5 && !lastWords.has(document.folded(token - 1))) return nothing
  const raw = document.text.slice(Math.max(0, start - reach), start)
  const line = raw.slice(raw.search(/[^\n]*\n?\s*$/))
  const before = fold(line)
    .replace(/["'“”„»«*]+\s*$/, '')
    .trimEnd()
    .replace(/\s+/g, ' ')
  if (before === '') return nothing
  for (const pattern of announcing) {
    const found = pattern.exec(before)
    if (found) return {strength: 2, word: found[0].trim()}
  }
  for (const pattern of suggesting) {
    const found = pattern.exec(before)
    if (found) return {strength: 1, word: found[0].trim()}
  }
  return nothing
}

/** What a person does or has done to them, right after the name. */
const following =
  /^(?:'s|’s)? ?(?:works?|worked|is an?|is my|are|has|had|have|will|who|whose|spent|listed|joined|left|moved|arrived|speak|sang|dela|ki)(?![a-z])/
/** What nothing but a person does. */
const followingSurely =
  /^ ?,? ?(?:said|says|told|asked|wrote|writes|replied|lives|lived|was born|is from|had given|died|married|pravi|je dejal|je dejala|je rekel|je rekla|zivi|je rojen|je rojena|stanuje)(?![a-z])/
/** An apposition: "Ana Kos, the director,". */
const apposition = /^, (?:the|a|an|our|my|his|her|their|\d{2},) ?[a-z]/i

/** The words just after a token that a person's name often has there. */
export function personContextAfter(document: TextDocument, token: number): ContextStrength {
  const end = document.end(token)
  const after = fold(document.text.slice(end, end + 24))
  const surely = followingSurely.exec(after)
  if (surely) return {strength: 2, word: surely[0].trim()}
  if (/^(?:'s|’s)[ \n]/.test(after)) return {strength: 1, word: "'s"}
  const maybe = following.exec(after) ?? apposition.exec(after)
  return maybe ? {strength: 1, word: maybe[0].trim()} : nothing
}

/** Whether a name stands where a speaker does: alone at the beginning of a line, before a colon and more text. */
export function isSpeaker(document: TextDocument, first: number, last: number): boolean {
  const {text} = document
  return (
    /(?:^|\n)[ \t]*$/.test(text.slice(Math.max(0, document.start(first) - 3), document.start(first))) &&
    /^: \p{Lu}/u.test(text.slice(document.end(last), document.end(last) + 3))
  )
}

/** Whether a name is called: "Hello Mark!", "Don't go, Mark!". */
export function isVocative(document: TextDocument, first: number, last: number): boolean {
  const {text} = document
  return (
    /[\p{Ll}], $/u.test(text.slice(Math.max(0, document.start(first) - 3), document.start(first))) &&
    /^[!?]/.test(text.slice(document.end(last), document.end(last) + 1))
  )
}

/** Whether a capital can't come from a sentence's beginning or a title: small words stand on both sides, or a comma or full stop follows. */
export function isAmongSmallWords(document: TextDocument, first: number, last: number): boolean {
  if (first === 0 || document.gap(first - 1) !== ' ' || document.kind(first - 1) !== TokenKind.lower) return false
  const after = document.text.slice(document.end(last), document.end(last) + 2)
  return /^(?: \p{Ll}|[,.!?;](?:\s|$)|$)/u.test(after)
}

/** The form of address right before a token, and where it ends with its full stop. */
export function titleBefore(document: TextDocument, token: number): {readonly end: number} | undefined {
  if (token === 0) return undefined
  if (document.end(token - 1) - document.start(token - 1) > longestTitle) return undefined
  const gap = document.gap(token - 1)
  if (gap !== ' ' && gap !== '. ' && gap !== '.') return undefined
  const word = document.folded(token - 1)
  const dotted = gap.startsWith('.')
  // "… that others miss. Ana …": a full stop after a whole word ends a sentence.
  if (dotted && wholeTitles.has(word)) return undefined
  if (!titles.has(word) && !(dotted && shortTitles.has(word))) return undefined
  const {text} = document
  const capital = /\p{Lu}/u.test(text.charAt(document.start(token)))
  const begin = document.start(token - 1)
  if (!capital && (gap === '.' || /\p{Lu}/u.test(text))) return undefined
  if (begin > 0 && !/[\s("'“„»]/.test(text.charAt(begin - 1))) return undefined
  return {end: document.end(token - 1) + (dotted ? 1 : 0)}
}
