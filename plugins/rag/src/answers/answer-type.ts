/** What kind of thing a question asks for, as far as its cue words tell. */
export type AnswerType = 'number' | 'time' | 'person' | 'place' | 'reason' | 'definition' | 'procedure'

export const ANSWER_TYPES: readonly AnswerType[] = [
  'number',
  'time',
  'person',
  'place',
  'reason',
  'definition',
  'procedure',
]

/** Closed-class words of one language: question words and what marks an answer of a type. No names. */
interface Cues {
  readonly question: Readonly<Partial<Record<AnswerType, string>>>
  /** Number words. */
  readonly numbers: string
  /** Words for a period, besides the names of months and days, which `Intl` knows. */
  readonly periods: string
  /** Prepositions of place. */
  readonly locatives: string
  /** Connectives which give a reason. */
  readonly reasons: string
  /** Forms of `to be` and the like which join a term with its definition. */
  readonly copulas: string
}

/** Alternatives are separated by `|`, as in a regular expression; a space stands for any white space. */
const CUES: Readonly<Record<string, Cues>> = {
  en: {
    question: {
      number:
        'how many|how much|how (?:old|long|far|tall|large|big|high|deep|wide|often|fast|heavy)|what (?:percentage|percent|number|amount|fraction|proportion|year-old)|at what (?:rate|age)|(?:what|which) (?:\\p{L}+ )?(?:code|port|version|page|line|article|section|paragraph|chapter)',
      time: 'when|(?:what|which) (?:year|date|day|month|decade|century|season|time|period)|since when|until when|how long ago',
      person:
        'who|whom|whose|(?:what|which) (?:person|man|woman|people|scientist|author|king|president|player|group|team|company|organization|organisation)',
      place:
        'where|(?:what|which) (?:place|city|country|state|town|region|location|continent|street|county|river|area)',
      reason: 'why|what (?:caused?|reasons?|makes?|led)|for what reason|how come',
      definition:
        'what (?:is|are|was|were) (?:an?|the)?|what does .{1,60} (?:mean|stand for)|define|definition of|meaning of',
      procedure:
        'how (?:do|does|did|can|could|should|would|to|is|are|was|were|must|may)|which command|what command|steps to',
    },
    numbers:
      'zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|trillions?|half|third|quarter|once|twice|dozens?|both|single|double',
    periods: 'century|centuries|decade|ago|today|yesterday|tomorrow|spring|summer|autumn|winter|era|age',
    locatives: 'in|at|near|from|to|into|across|throughout|outside|inside|between|along',
    reasons: 'because|due to|since|owing to|as a result|therefore|in order to|so that|caused|causes|leads? to|thus',
    copulas: 'is|are|was|were|means|refers to|stands for|denotes|consists of|called|known as|defined as',
  },
  de: {
    question: {
      number:
        'wie ?viele?|wie (?:alt|lange?|weit|hoch|gro(?:ß|ss)|tief|breit|oft|schnell|schwer)|welcher (?:anteil|prozentsatz)|welche (?:anzahl|menge|zahl)|wieviel prozent|welche[mnrs]? (?:\\p{L}*code|port|version|seite|zeile|artikel|abschnitt|absatz|kapitel)',
      time: 'wann|seit wann|bis wann|(?:in )?welche[mnrs]? (?:jahr|datum|tag|monat|jahrzehnt|jahrhundert|zeit|zeitraum)',
      person:
        'wer|wem|wen|wessen|welche[rs]? (?:person|mann|frau|wissenschaftler|könig|präsident|spieler|gruppe|mannschaft|team|firma|unternehmen|organisation)',
      place: 'wo|woher|wohin|welche[mnrs]? (?:ort|stadt|land|staat|region|kontinent|straße|fluss|gegend|gebiet)',
      reason: 'warum|wieso|weshalb|weswegen|aus welchem grund|was (?:verursachte?|führte|bewirkt)',
      definition: 'was (?:ist|sind|war|waren|bedeutet)|wofür steht|definition|bedeutung',
      procedure:
        'wie (?:kann|können|soll|sollte|muss|wird|werden|macht|geht|wurde|wurden|ist|sind)|welcher befehl|mit welchem befehl',
    },
    numbers:
      'null|ein[se]?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|dreizehn|vierzehn|fünfzehn|sechzehn|siebzehn|achtzehn|neunzehn|zwanzig|dreißig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig|hundert|tausende?|million(?:en)?|milliarden?|hälfte|drittel|viertel|beide[nr]?|dutzend',
    periods: 'jahrhunderts?|jahrzehnts?|jahre?n?|heute|gestern|morgen|frühling|sommer|herbst|winter|zeitalter',
    locatives: 'in|im|an|am|bei|beim|aus|nach|von|vom|auf|nahe|zwischen|entlang',
    reasons: 'weil|da|denn|wegen|aufgrund|deshalb|daher|damit|um|führte?n?|dadurch|infolge',
    copulas: 'ist|sind|war|waren|bedeutet|bezeichnet|heißt|steht für|besteht aus|genannt',
  },
  sl: {
    question: {
      number:
        'koliko|kako (?:star|dolg|visok|velik|daleč|pogosto|hiter)\\p{L}*|kolikšn\\p{L}+|kateri delež|kater[aio] (?:\\p{L}+ )?(?:koda|številka|različica|stran|vrstica|vrata|člen|odstavek|poglavje)',
      time: 'kdaj|od kdaj|do kdaj|(?:katere(?:ga|m)|katero) (?:leta|letu|leto|dne|meseca|stoletja|stoletju|dan)',
      person: 'kdo|koga|komu|čigav\\p{L}*|kater[ai] (?:oseba|človek|igralec|skupina|ekipa|podjetje|organizacija)',
      place: 'kje|kam|od kod|(?:katere(?:m|ga)|kateri) (?:kraju|mestu|državi|regiji|celini|kraj|mesto|država)',
      reason: 'zakaj|čemu|iz katerega razloga|kaj je povzročilo',
      definition: 'kaj (?:je|so|pomeni|pomenijo)|kaj je bil[aoi]?|opredelitev|pomen',
      procedure: 'kako|s katerim ukazom|kateri ukaz',
    },
    numbers:
      'nič|en[aoe]?|dv[ae]|tri|trije|štiri|štirje|pet|šest|sedem|osem|devet|deset|enajst|dvanajst|dvajset|trideset|štirideset|petdeset|sto|tisoč|milijon\\p{L}*|milijard\\p{L}*|pol|polovica|tretjina|četrtina|oba|obe',
    periods: 'stoletj[aeu]|desetletj[aeu]|let[aoui]|danes|včeraj|jutri|pomlad|poleti|jeseni|pozimi',
    locatives: 'v|na|pri|iz|od|do|ob|blizu|med|pod|nad',
    reasons: 'ker|saj|zaradi|zato|kajti|da bi|povzroč\\p{L}+',
    copulas: 'je|so|bil[aoi]?|pomeni|pomenijo|označuje|imenuje|sestavlja',
  },
  ro: {
    question: {
      number: 'câ(?:t|te|ți|ţi|tă)|ce (?:procent|procentaj|număr|sumă|cantitate|vârstă)',
      time: 'când|(?:în )?ce (?:an|dată|zi|lună|deceniu|secol|perioadă)|de când|până când|în care an',
      person:
        'cine|cui|pe cine|al cui|ce (?:persoană|om|jucător|echipă|grup|companie|organizație)|care (?:persoană|jucător|echipă)',
      place: 'unde|(?:în )?(?:ce|care) (?:loc|oraș|țară|stat|regiune|continent|zonă|stradă|râu)|de unde',
      reason: 'de ce|din ce (?:cauză|motiv)|ce a (?:cauzat|provocat|dus)|care a fost motivul',
      definition: 'ce (?:este|sunt|era|erau|înseamnă)|definiția|semnificația',
      procedure: 'cum|în ce mod|ce comandă',
    },
    numbers:
      'zero|un[au]?|do(?:i|uă)|trei|patru|cinci|șase|şase|șapte|şapte|opt|nouă|zece|unsprezece|doisprezece|douăzeci|treizeci|patruzeci|cincizeci|sut[ăe]|mi[ei]|milioane?|milion|miliarde?|miliard|jumătate|treime|sfert|ambele|ambii',
    periods:
      'secolu\\p{L}*|deceni\\p{L}*|an(?:ul|ii|i)?|astăzi|azi|ieri|mâine|primăvar\\p{L}+|var[aă]|toamn[aă]|iarn[aă]',
    locatives: 'în|din|la|lângă|spre|între|peste|către|de la',
    reasons: 'pentru că|deoarece|datorită|din cauza|întrucât|astfel|ca urmare|fiindcă|căci',
    copulas: 'este|sunt|era|erau|înseamnă|reprezintă|numit[ăe]?|cunoscut',
  },
  tr: {
    question: {
      number: 'kaç\\p{L}*|ne kadar|yüzde kaç\\p{L}*',
      time: 'ne zaman|hangi (?:yıl|tarih|gün|ay|dönem|yüzyıl|on yıl)\\p{L}*|kaç yılında',
      person: 'kim\\p{L}*|hangi (?:kişi|oyuncu|takım|grup|şirket|kurum|bilim insanı)\\p{L}*',
      place: 'nere\\p{L}*|hangi (?:yer|şehir|şehr|ülke|eyalet|bölge|kıta|nehir)\\p{L}*',
      reason: 'neden|niçin|niye|ne sebep',
      definition: 'nedir|ne anlama|ne demek|tanımı|anlamı',
      procedure: 'nasıl|hangi komut',
    },
    numbers:
      'sıfır|bir|iki|üç|dört|beş|altı|yedi|sekiz|dokuz|on|yirmi|otuz|kırk|elli|altmış|yetmiş|seksen|doksan|yüz|bin|milyon\\p{L}*|milyar\\p{L}*|yarı\\p{L}*|çeyrek|çift',
    periods: 'yüzyıl\\p{L}*|yıl\\p{L}*|bugün|dün|yarın|ilkbahar\\p{L}*|yaz|sonbahar\\p{L}*|kış',
    locatives: '',
    reasons: 'çünkü|nedeniyle|yüzünden|dolayı|için|sayesinde|sebebiyle|sonucunda',
    copulas: 'olarak|denir|olan|anlamına|\\p{L}+(?:dır|dir|dur|dür|tır|tir|tur|tür)',
  },
  fr: {
    question: {
      number: 'combien|quel(?:le)? (?:pourcentage|nombre|quantité|âge|proportion|montant)',
      time: 'quand|(?:en |à )?quel(?:le)? (?:année|date|jour|mois|décennie|siècle|époque|heure|période)|depuis quand',
      person: 'qui|à qui|quel(?:le)? (?:personne|homme|femme|joueur|équipe|groupe|entreprise|société|organisation)',
      place: 'où|d.où|(?:dans )?quel(?:le)? (?:lieu|endroit|ville|pays|état|région|continent|rue|rivière)',
      reason: 'pourquoi|pour quelle raison|quelle est la (?:cause|raison)',
      definition: 'qu.est-ce qu|qu.est ce qu|que signifie|définition|c.est quoi',
      procedure: 'comment|quelle commande',
    },
    numbers:
      'zéro|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingt|trente|quarante|cinquante|soixante|cents?|mille|millions?|milliards?|moitié|tiers|quart|douzaine',
    periods: 'siècles?|décennies?|années?|ans?|aujourd.hui|hier|demain|printemps|été|automne|hiver',
    locatives: 'à|au|aux|en|dans|près|de|vers|chez|entre|sur',
    reasons: 'parce qu|car|en raison|à cause|grâce à|puisqu|afin de|donc|ainsi',
    copulas: 'est|sont|était|étaient|signifie|désigne|appelée?s?|consiste',
  },
  es: {
    question: {
      number: 'cuánt[oa]s?|qué (?:porcentaje|número|cantidad|edad|proporción)',
      time: 'cuándo|(?:en )?qué (?:año|fecha|día|mes|década|siglo|época|hora|período)|desde cuándo',
      person: 'quién(?:es)?|a quién|qué (?:persona|hombre|mujer|jugador|equipo|grupo|empresa|organización)',
      place: 'dónde|adónde|(?:en )?qué (?:lugar|ciudad|país|estado|región|continente|calle|río|zona)',
      reason: 'por qué|por cuál razón|cuál (?:es|fue) la (?:causa|razón)|qué causó',
      definition: 'qué (?:es|son|era|eran|significa)|definición|significado',
      procedure: 'cómo|qué comando',
    },
    numbers:
      'cero|un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|veinte|treinta|cuarenta|cincuenta|cien(?:to)?s?|mil|millón|millones|mitad|tercio|cuarto|docenas?|ambos|ambas',
    periods: 'siglos?|décadas?|años?|hoy|ayer|mañana|primavera|verano|otoño|invierno',
    locatives: 'en|de|desde|hacia|cerca|entre|sobre|a|al',
    reasons: 'porque|debido|ya que|por lo tanto|puesto que|gracias a|a causa|para que|así',
    copulas: 'es|son|era|eran|fue|fueron|significa|llamad[oa]s?|consiste',
  },
  it: {
    question: {
      number: 'quant[oaie]|(?:che|quale) (?:percentuale|numero|quantità|età|proporzione)',
      time: 'quando|(?:in )?(?:che|quale) (?:anno|data|giorno|mese|decennio|secolo|epoca|ora|periodo)|da quando',
      person:
        'chi|a chi|di chi|(?:che|quale) (?:persona|uomo|donna|giocatore|squadra|gruppo|azienda|società|organizzazione)',
      place: 'dove|da dove|(?:in )?(?:che|quale) (?:luogo|posto|città|paese|stato|regione|continente|via|fiume)',
      reason: 'perché|per quale (?:motivo|ragione)|qual è la causa',
      definition: '(?:che )?cos.è|che cosa (?:è|sono|significa)|cosa (?:è|sono|significa)|definizione|significato',
      procedure: 'come (?:si|posso|può|possono|fare|faccio|è|viene|vengono)|quale comando',
    },
    numbers:
      'zero|un[oa]?|due|tre|quattro|cinque|sei|sette|otto|nove|dieci|undici|dodici|venti|trenta|quaranta|cinquanta|cento|mille|mila|milion[ei]|miliard[oi]|metà|terzo|quarto|dozzin[ae]|entramb[ie]',
    periods: 'secol[oi]|decenni[o]?|ann[oi]|oggi|ieri|domani|primavera|estate|autunno|inverno',
    locatives: 'in|nel|nella|nei|a|al|da|dal|presso|vicino|tra|fra|su|di',
    reasons: 'perché|poiché|a causa|dato che|quindi|grazie a|siccome|affinché|perciò',
    copulas: 'è|sono|era|erano|significa|chiamat[oaie]|consiste',
  },
}

interface CompiledCues {
  readonly question: readonly (readonly [AnswerType, RegExp])[]
  readonly number: RegExp
  readonly period: RegExp
  readonly locative: RegExp | undefined
  readonly reason: RegExp
  readonly copula: RegExp
  readonly copulaAfterSubject: RegExp
}

/** Languages whose copula ends the sentence. */
const COPULA_LAST = new Set(['tr'])

const compiled = new Map<string, CompiledCues>()

function cuesOf(language: string): CompiledCues | undefined {
  const known = compiled.get(language)
  if (known) return known
  const cues = CUES[language]
  if (!cues) return undefined
  const made: CompiledCues = {
    question: Object.entries(cues.question).map(([type, words]) => [type as AnswerType, wholeWords(words)]),
    number: wholeWords(cues.numbers),
    period: wholeWords(`${cues.periods}|${calendarNames(language).join('|')}`),
    locative:
      cues.locatives === ''
        ? undefined
        : new RegExp(`(?<![\\p{L}\\p{N}])(?:${cues.locatives})\\s+(\\p{Lu}[\\p{L}\\p{N}’'-]*)`, 'gu'),
    reason: wholeWords(cues.reasons),
    copula: wholeWords(cues.copulas),
    copulaAfterSubject: COPULA_LAST.has(language)
      ? new RegExp(`\\s(?:${cues.copulas})[.!]?\\s*$`, 'iu')
      : new RegExp(`^[*_\`"'”»]*\\s+(?:\\([^)\\n]{1,60}\\)\\s+)?(?:${cues.copulas})(?![\\p{L}\\p{N}])`, 'iu'),
  }
  compiled.set(language, made)
  return made
}

/** What follows the subject of a sentence that says what it is; English where the language is not known. */
export function copulaAfterSubject(language: string): RegExp {
  return (cuesOf(language) ?? cuesOf('en')!).copulaAfterSubject
}

/** A pattern for whole words; JavaScript's `\b` knows ASCII letters only. */
function wholeWords(alternatives: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${alternatives.replaceAll(' ', '\\s+')})(?![\\p{L}\\p{N}])`, 'giu')
}

/** Names of months and days of the week in a language, from the Unicode CLDR. */
function calendarNames(language: string): string[] {
  const month = new Intl.DateTimeFormat(language, {month: 'long', timeZone: 'UTC'})
  const monthInDate = new Intl.DateTimeFormat(language, {month: 'long', day: 'numeric', timeZone: 'UTC'})
  const day = new Intl.DateTimeFormat(language, {weekday: 'long', timeZone: 'UTC'})
  const names = new Set<string>()
  for (let at = 0; at < 12; at += 1) {
    const date = new Date(Date.UTC(2023, at, 1 + at))
    names.add(month.format(date))
    names.add(monthInDate.formatToParts(date).find(part => part.type === 'month')!.value)
    names.add(day.format(date))
  }
  // Letter case is not regarded, and English "may" is rarely the month.
  names.delete('May')
  return [...names]
}

/** The languages whose cue words are known here. */
const CUE_LANGUAGES: readonly string[] = Object.keys(CUES)

/**
 * The types of answer a question asks for, by its cue words in any of the languages given; all known languages where
 * none is given or known. A more particular type excludes `definition` and `procedure`, whose cues are broad.
 */
export function answerTypes(question: string, languages: readonly string[]): AnswerType[] {
  const known = languages.filter(language => language in CUES)
  const found = new Set<AnswerType>()
  for (const language of known.length > 0 ? known : CUE_LANGUAGES) {
    for (const [type, pattern] of cuesOf(language)!.question) {
      pattern.lastIndex = 0
      if (pattern.test(question)) found.add(type)
    }
  }
  if (found.size > 1) {
    for (const broad of ['definition', 'procedure'] as const) if (found.size > 1) found.delete(broad)
  }
  return ANSWER_TYPES.filter(type => found.has(type))
}

/** Whether a definition is asked for in any of the languages that a question may be in. */
export function mayAskDefinition(question: string, languages: readonly string[]): boolean {
  return languages.some(language => answerTypes(question, [language]).includes('definition'))
}

const DIGITS = /(?<![\p{L}\p{N}])[\p{Sc}]?\p{N}+(?:[.,:]\p{N}+)*/gu
const YEAR = /(?<![\p{L}\p{N}.,])(?:1\d|20)\d\d(?:s|er)?(?![\p{N}]|[.,]\d)/gu
const CLOCK = /(?<!\d)\d{1,2}:\d\d(?!\d)/gu
const NAME = /(?<![\p{L}\p{N}])\p{Lu}[\p{L}\p{N}’'-]*(?:\s+\p{Lu}[\p{L}\p{N}’'.-]*)*/gu

/**
 * Which types of answer a sentence could give beyond what the question says already: "1990" answers no question that
 * names 1990 itself.
 *
 * @param asked The question's words, case folded, whole.
 */
export function offeredTypes(
  text: string,
  language: string,
  asked: ReadonlySet<string>,
  wanted: readonly AnswerType[],
): Set<AnswerType> {
  const cues = cuesOf(language) ?? cuesOf('en')!
  const offered = new Set<AnswerType>()
  const isNew = (word: string): boolean => !asked.has(word.toLowerCase())
  for (const type of wanted) {
    if (offers(type, text, cues, isNew, asked)) offered.add(type)
  }
  return offered
}

/** Articles, pronouns and ordinals in one use, numbers in another; they prove nothing. */
const AMBIGUOUS_NUMBERS =
  /^(?:one|single|double|both|half|third|quarter|once|ein[se]?|beide[nr]?|en[aoe]?|oba|obe|un[aoue]?|amb[oiae]s?|bir|on|yüz|bin|çift|pol|un'?)$/u

/** The numbers that a text states, in digits or in the number words of the languages, lower-cased. */
export function numbersIn(text: string, languages: readonly string[]): Set<string> {
  const numbers = new Set([...text.matchAll(DIGITS)].map(([number]) => number))
  const known = languages.filter(language => language in CUES)
  for (const language of known.length > 0 ? known : CUE_LANGUAGES) {
    for (const match of text.matchAll(cuesOf(language)!.number)) {
      const word = (match[1] ?? match[0]).toLowerCase()
      if (!AMBIGUOUS_NUMBERS.test(word)) numbers.add(word)
    }
  }
  return numbers
}

function offers(
  type: AnswerType,
  text: string,
  cues: CompiledCues,
  isNew: (word: string) => boolean,
  asked: ReadonlySet<string>,
): boolean {
  switch (type) {
    case 'number':
      return some(text, DIGITS, isNew) || some(text, cues.number, isNew)
    case 'time':
      return some(text, YEAR, isNew) || some(text, CLOCK, isNew) || some(text, cues.period, isNew)
    case 'person':
      return names(text, asked) > 0
    case 'place':
      return cues.locative === undefined ? names(text, asked) > 0 : some(text, cues.locative, isNew)
    case 'reason':
      return some(text, cues.reason, () => true)
    case 'definition':
      return some(text, cues.copula, () => true)
    case 'procedure':
      return /`[^`]+`|^\s*(?:\$ |\d{1,2}[.)] )/u.test(text) || some(text, cues.reason, () => true)
  }
}

function some(text: string, pattern: RegExp, accept: (word: string) => boolean): boolean {
  for (const match of text.matchAll(pattern)) if (accept(match[1] ?? match[0])) return true
  return false
}

/** Capitalised words which the question does not name; one alone at the beginning of the sentence is no sign of a name. */
function names(text: string, asked: ReadonlySet<string>): number {
  let count = 0
  for (const match of text.matchAll(NAME)) {
    const words = match[0].split(/\s+/u)
    const fresh = words.filter(word => !asked.has(word.replace(/[’'.].*$/u, '').toLowerCase()))
    if (fresh.length === 0) continue
    if (match.index === 0 && words.length === 1) continue
    if (fresh.length === 1 && words[0] === fresh[0] && match.index === 0) continue
    count += 1
  }
  return count
}
