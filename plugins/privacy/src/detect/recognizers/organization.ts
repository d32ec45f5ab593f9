import {functionWords} from '../lexicon/function-words.ts'
import {Known, type Lexicon} from '../lexicon/lexicon.ts'
import {type Finding, type Recognizer, Sign} from '../recognizer.ts'
import type {TextDocument} from '../text-document.ts'
import {TokenKind} from '../tokens.ts'

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '))

/** Legal forms that are abbreviations of their own. */
export const legalForms = set(
  'inc llc ltd limited corp corporation plc gmbh ag sa sarl spa srl bv nv oy oyj ab asa aps kft zrt kg ohg se pty llp lp',
)
/** d.o.o., d. d., s.p., k.d., z.o.o., s.r.o., a.s., S.A. */
const dottedForm =
  /^,? ?(?:d\. ?o\. ?o\.|d\. ?d\.|s\. ?p\.|k\. ?d\.|d\. ?n\. ?o\.|z\. ?o\. ?o\.|s\. ?r\. ?o\.|a\. ?s\.|S\. ?A\.|S\. ?p\. ?A\.|Z\.B\.O\.)(?![\p{L}\d])/u
/** What companies and institutions call themselves. */
const kinds = set(
  'group holdings holding solutions systems technologies technology labs laboratories partners associates insurance bank banka university univerza univerze univerzi institute institut inštitut foundation fundacija hospital bolnisnica clinic klinika college agency agencija ministry ministrstvo company co enterprises industries international consulting ventures capital financial investments media studios networks services software pharmaceuticals pharma energy airlines motors orchestra association zavod zavarovalnica fakulteta drustvo zveza obcina zadruga lekarna gimnazija',
)
const before =
  /(?:^|[^\p{L}])(?:works? (?:for|at)|worked (?:for|at)|working (?:for|at)|employed (?:by|at)|employee (?:of|at)|year at|years at|job at|interned at|joined|hired by|company called|company named|firm called|startup called|became|account (?:at|with)|(?:ceo|cto|cfo|coo|founder|co-founder|chairman|chairwoman|chair|president|director|manager|head|spokesman|spokeswoman|spokesperson|shareholders?|subsidiary|division|branch|customers?|clients?|supplier|vendor|partners?) (?:of|at|for)|(?:acquired|owned|sued|bought|run|founded|published|manufactured|operated|issued|sponsored|audited) by|(?:contract|partnership|merger|internship|interview|position|role|career|policy|subscription|deal|lawsuit) (?:with|at|against)|invoice from|shares (?:of|in)|on behalf of|partnered with|the company|employer:?|company:|organi[sz]ation:|podjetj[eau]|podjetjem|družb[aeio]|zaposlena? (?:pri|v)|dela pri|dela za|delodajalec:?|podjetje:|organizacija:) $/iu
/** What one does at nothing but an organisation. */
const employing = /work|employ|job|interned|hired|joined/i
const after =
  /^(?:'s)? (?:(?:head ?)?offices?|headquarters|employees?|shares|orchestra|resignation|is an? (?:[\p{L}-]+ ){0,2}(?:agency|company|firm|start-?up|bank|provider|manufacturer|organi[sz]ation|brand|supplier|university)|was founded|is the brainchild|announced|acquired|is headquartered|is based in|songwriter|customer service|(?:is|are) hiring|(?:ceo|cto|cfo|founder|co-founder|spokesman|spokeswoman|spokesperson|chairman|executives?|shareholders?|investors?|customers|stock|subsidiary|store|website|products?)(?= )|(?:has )?(?:launched|unveiled|hired|merged|reported (?:earnings|revenue|profit)|went public|filed for|manufactures|operates)|ima sedež|zaposluje)(?!\p{L})/iu
const organizationFields = set(
  'company organization organisation employer business firm podjetje organizacija delodajalec institution bank banka',
)
const codeBefore = /[\w./\\_@#$<`={-]/

const longest = 6
const reach = 26

/** Companies and institutions: by legal form, by what they call themselves, by the words around them, by the surnames of partners. */
export class OrganizationRecognizer implements Recognizer {
  readonly name = 'organization'
  readonly types = ['ORGANIZATION'] as const
  readonly signs = Sign.capital
  readonly #lexicon: Lexicon

  constructor(lexicon: Lexicon) {
    this.#lexicon = lexicon
  }

  find(document: TextDocument, report: (finding: Finding) => void): void {
    for (let token = 0; token < document.tokens.count;) {
      if (!isCapital(document, token) || isFunctionWord(document, token) || isCode(document, token)) {
        token++
        continue
      }
      const partners = this.#partnersEnd(document, token)
      if (partners !== undefined) {
        report(partnership(document, token, partners))
        token = partners + 1
        continue
      }
      const last = runEnd(document, token)
      const finding = judge(document, token, last)
      if (finding) report(finding)
      token = last + 1
    }
  }

  /** "Jones, Mitchell and Williams", "Jones, Mitchell & Williams": the last of three surnames in a row, without given names. */
  #partnersEnd(document: TextDocument, first: number): number | undefined {
    const third = first + (document.gap(first + 1) === ' & ' ? 2 : 3)
    if (third >= document.tokens.count || document.gap(first) !== ', ') return undefined
    if (third === first + 3) {
      const joined = document.gap(first + 1) === ' ' && document.gap(first + 2) === ' '
      if (!joined || document.word(first + 2) !== 'and') return undefined
    }
    const partners = [first, first + 1, third]
    if (!partners.every(token => document.kind(token) === TokenKind.capitalized)) return undefined
    const surnames = partners.filter(token => (document.known(token, this.#lexicon) & Known.surname) !== 0)
    if (surnames.length < 2) return undefined
    const following = third + 1
    if (following < document.tokens.count && document.gap(third) === ' ') {
      // "Jones, Mitchell and Williams agree": several persons, not one firm.
      return isCapital(document, following) || singular.has(document.word(following)) ? third : undefined
    }
    return firmBefore.test(document.text.slice(Math.max(0, document.start(first) - reach), document.start(first)))
      ? third
      : undefined
  }
}

/** A firm is one: it is, has, does. */
const singular = new Set('is was has does offers employs provides announced will office headquarters'.split(' '))
const firmBefore = /(?:^|[^\p{L}])(?:at|for|from|by|joined|became|the|company|firm|employer:?) $/iu

function partnership(document: TextDocument, first: number, last: number): Finding {
  const kind = last + 1 < document.tokens.count && document.gap(last) === ' ' && kinds.has(document.folded(last + 1))
  return {
    type: 'ORGANIZATION',
    start: document.start(first),
    end: document.end(kind ? last + 1 : last),
    score: 0.9,
    evidence: ['surnames of partners'],
  }
}

function isCapital(document: TextDocument, token: number): boolean {
  const kind = document.kind(token)
  return kind === TokenKind.capitalized || kind === TokenKind.upper || kind === TokenKind.mixed
}

function isFunctionWord(document: TextDocument, token: number): boolean {
  return functionWords.has(document.word(token).toLowerCase())
}

function isCode(document: TextDocument, token: number): boolean {
  const start = document.start(token)
  return start > 0 && codeBefore.test(document.text.charAt(start - 1))
}

/** Capitalised words in a row, with `&`, `and`, `of`, commas before more of them, and hyphens. */
function runEnd(document: TextDocument, first: number): number {
  let last = first
  while (last + 1 < document.tokens.count && last - first + 1 < longest) {
    const gap = document.gap(last)
    const next = last + 1
    const spaced = gap === ' ' || gap === '-' || gap === ' & ' || (gap === ', ' && isLegalForm(document, next))
    if (spaced && isCapital(document, next) && !(gap === ' ' && isFunctionWord(document, next))) {
      last = next
      continue
    }
    const link = document.word(next)
    const linked =
      gap === ' ' &&
      (link === 'and' || link === 'of' || link === 'in' || link === 'za') &&
      next + 1 < document.tokens.count
    if (linked && document.gap(next) === ' ' && isCapital(document, next + 1) && namesKind(document, first, next + 1)) {
      last = next + 1
      continue
    }
    break
  }
  return last
}

/** Whether "X of Y" is a name: University of Ljubljana, Johnson and Partners. */
function namesKind(document: TextDocument, first: number, last: number): boolean {
  return kinds.has(document.folded(first)) || kinds.has(document.folded(last)) || legalForms.has(document.folded(last))
}

function isLegalForm(document: TextDocument, token: number): boolean {
  return legalForms.has(document.folded(token)) && document.kind(token) !== TokenKind.lower
}

/** `AE, AG, SA` are countries. */
function isListOfCodes(document: TextDocument, first: number, last: number): boolean {
  return (
    document.end(last) - document.start(last) <= 2 &&
    document.end(last - 1) - document.start(last - 1) <= 2 &&
    first + 3 > last
  )
}

function judge(document: TextDocument, first: number, last: number): Finding | undefined {
  const start = document.start(first)
  let end = document.end(last)
  const {text} = document
  let score = 0
  const evidence: string[] = []
  const form = dottedForm.exec(text.slice(end, end + 14))
  if (form) {
    end += form[0].length
    score = 0.85
    evidence.push('legal form')
  } else if (last > first && isLegalForm(document, last) && !isListOfCodes(document, first, last)) {
    if (text.charAt(end) === '.' && /^(?:inc|ltd|corp)$/.test(document.folded(last))) end++
    score = 0.8
    evidence.push('legal form')
  } else if (last > first && (kinds.has(document.folded(last)) || kinds.has(document.folded(first)))) {
    score = 0.4
    evidence.push('kind of organisation')
  }
  const left = before.exec(text.slice(Math.max(0, start - reach), start))
  if (left) {
    score = Math.max(score + 0.3, employing.test(left[0]) ? 0.9 : 0.65)
    evidence.push(`after "${left[0].trim()}"`)
  }
  const right = after.exec(text.slice(end, end + 50))
  if (right) {
    score = Math.max(score + 0.25, 0.6)
    evidence.push(`before "${right[0].trim()}"`)
  }
  if (document.field.some(word => organizationFields.has(word))) {
    score = Math.max(score, 0.75)
    evidence.push('field')
  }
  if (score === 0 || /[_(\\={<`@[]/.test(text.charAt(end))) return undefined
  return {type: 'ORGANIZATION', start, end, score: Math.min(0.95, score), evidence}
}
