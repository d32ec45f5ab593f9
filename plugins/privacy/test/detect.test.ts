import {beforeAll, describe, expect, it} from 'vitest'
import {createDetector} from '../src/detect/create-detector.ts'
import type {Detector} from '../src/detect/detector.ts'
import type {EntityType} from '../src/detect/entity.ts'

let detector: Detector

beforeAll(async () => {
  detector = await createDetector()
})

/** What is found, as `TYPE text`. */
function found(text: string, field?: string): string[] {
  return detector
    .detect(text, field === undefined ? {} : {field})
    .map(span => `${span.type} ${text.slice(span.start, span.end)}`)
}

type Case = readonly [text: string, ...expected: `${EntityType} ${string}`[]]

const patterned: readonly Case[] = [
  ['Write to ana.kos@example.com today', 'EMAIL_ADDRESS ana.kos@example.com'],
  ['<ana.kos+news@mail.example.co.uk>, please', 'EMAIL_ADDRESS ana.kos+news@mail.example.co.uk'],
  ['Pišite na ana [at] primer [pika] si.', 'EMAIL_ADDRESS ana [at] primer [pika] si'],
  ['ana (afna) primer.si', 'EMAIL_ADDRESS ana (afna) primer.si'],
  ['Nakažite na SI56 2633 0001 2039 086 še danes', 'IBAN SI56 2633 0001 2039 086'],
  ['iban: si56263300012039086', 'IBAN si56263300012039086'],
  ['SI56 2633 0001\n2039 086', 'IBAN SI56 2633 0001\n2039 086'],
  ['Card 4111 1111 1111 1111 declined', 'CREDIT_CARD 4111 1111 1111 1111'],
  ['Card 4111.1111.1111.1111 declined', 'CREDIT_CARD 4111.1111.1111.1111'],
  ['Card 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 declined', 'CREDIT_CARD 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1'],
  ['to SI56.2633.0001.2039.086 today', 'IBAN SI56.2633.0001.2039.086'],
  ['to SI56 2633 0001 \r\n  2039 086 today', 'IBAN SI56 2633 0001 \r\n  2039 086'],
  ['write to ana.kos&#64;example.com', 'EMAIL_ADDRESS ana.kos&#64;example.com'],
  ['write to ana.kos&commat;example&period;com', 'EMAIL_ADDRESS ana.kos&commat;example&period;com'],
  ['the query ana.kos%40example.com', 'EMAIL_ADDRESS ana.kos%40example.com'],
  ['To: ana.kos=40example.com', 'EMAIL_ADDRESS ana.kos=40example.com'],
  ['tel. 031&nbsp;123&#160;456', 'PHONE_NUMBER 031&nbsp;123&#160;456'],
  ['Card 378282246310005 declined', 'CREDIT_CARD 378282246310005'],
  ['Call +386 31 123 456.', 'PHONE_NUMBER +386 31 123 456'],
  ['Pokličite 031 123 456 ali (01) 234 56 78', 'PHONE_NUMBER 031 123 456', 'PHONE_NUMBER (01) 234 56 78'],
  ['Desk: 345-899-3560 ext. 12', 'PHONE_NUMBER 345-899-3560 ext. 12'],
  ['blocked 41.173.96.26 and 2001:db8::8a2e:370:7334', 'IP_ADDRESS 41.173.96.26', 'IP_ADDRESS 2001:db8::8a2e:370:7334'],
  ['device 00:1B:44:11:3A:B7 joined', 'MAC_ADDRESS 00:1B:44:11:3A:B7'],
  ['see (https://sl.wikipedia.org/wiki/Kos_(ptič)), it says', 'URL https://sl.wikipedia.org/wiki/Kos_(ptič)'],
  ['SSN 536-90-4399', 'US_SSN 536-90-4399'],
  ['EMŠO 0101006500006', 'SI_EMSO 0101006500006'],
  ['davčna številka 50223054, ID za DDV SI50223054', 'TAX_NUMBER 50223054', 'TAX_NUMBER SI50223054'],
  ['matična številka podjetja: 9331310000', 'REGISTRATION_NUMBER 9331310000'],
  ['pay to bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', 'CRYPTO_ADDRESS bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq'],
  ['NINO AB 12 34 56 C', 'NATIONAL_ID AB 12 34 56 C'],
  ['codice fiscale RCCMNL83S18D969H', 'NATIONAL_ID RCCMNL83S18D969H'],
  ['Passport number: PB1234567', 'PASSPORT PB1234567'],
  ['IMEI 490154203237518', 'DEVICE_ID 490154203237518'],
  ['VIN 1HGBH41JXMN109186', 'VEHICLE_ID 1HGBH41JXMN109186'],
  ['MRN: 00482913', 'MEDICAL_RECORD 00482913'],
  ['due 2026-11-22 at 18:30', 'DATE_TIME 2026-11-22 at 18:30'],
  ['dne 3. maja 1999', 'DATE_TIME 3. maja 1999'],
  ['She was born on 4/5/1971.', 'DATE_OF_BIRTH 4/5/1971'],
  ['ZIP: 90210', 'POSTCODE 90210'],
]

const written: readonly Case[] = [
  ['My name is Marjeta Zupan.', 'PERSON Marjeta Zupan'],
  ['Please ask Dr. Helena Brown about it', 'TITLE Dr.', 'PERSON Helena Brown'],
  ["We spoke to Robert O'Brien yesterday", "PERSON Robert O'Brien"],
  ['Pismo Janeza Novaka je prišlo.', 'PERSON Janeza Novaka'],
  ['Odgovorili smo Ani Kranjc in Petru Kovaču.', 'PERSON Ani Kranjc', 'PERSON Petru Kovaču'],
  ['Podpisana ANA KRANJC izjavljam', 'PERSON ANA KRANJC'],
  ['Stranka: KRANJC ANA, rojena', 'PERSON KRANJC ANA'],
  ['Spo&#353;tovana ga. &Zcaron;iva Kova&ccaron;', 'TITLE ga.', 'PERSON &Zcaron;iva Kova&ccaron;'],
  ['Spoštovana gospa Nataša Golob,', 'TITLE gospa', 'PERSON Nataša Golob'],
  ['Stanujem na Slovenska cesta 12, 1000 Ljubljana.', 'ADDRESS Slovenska cesta 12, 1000 Ljubljana'],
  ['Send it to 12 Baker Street, London, please', 'ADDRESS 12 Baker Street, London'],
  ['Živi v Mariboru.', 'LOCATION Mariboru'],
  ['We moved here from Norway', 'LOCATION Norway'],
  ['Račun je izdalo podjetje Lipa d.o.o., hvala', 'ORGANIZATION Lipa d.o.o.'],
  ['She works for Meadowbrook Analytics Ltd now', 'ORGANIZATION Meadowbrook Analytics Ltd'],
  ['The patient is 47 years old', 'AGE 47'],
  ['star 47 let', 'AGE 47'],
  ['Helena Brown, 47, said so', 'PERSON Helena Brown', 'AGE 47'],
  ['write to box 9, NY 10001', 'POSTCODE 10001'],
  ['a Slovenian citizen', 'NATIONALITY Slovenian'],
  [
    '> Marjeta Zupan\n> Leasing consultant\n> Meadowbrook\n> Mobile: +386 31 123 456',
    'PERSON Marjeta Zupan',
    'TITLE Leasing consultant',
    'ORGANIZATION Meadowbrook',
    'PHONE_NUMBER +386 31 123 456',
  ],
  [
    'Marjeta Zupan\nVodja prodaje\n\nKontakt:\nmarjeta@example.si',
    'PERSON Marjeta Zupan',
    'TITLE Vodja prodaje',
    'EMAIL_ADDRESS marjeta@example.si',
  ],
  ['Marjeta Zupan\nThank you for it\nmarjeta@example.si', 'PERSON Marjeta Zupan', 'EMAIL_ADDRESS marjeta@example.si'],
  ['We grew up in Zorvenia', 'LOCATION Zorvenia'],
  ['an invoice from Zorvex', 'ORGANIZATION Zorvex'],
]

describe('patterned personal data', () => {
  it.each(patterned)('%s', (text, ...expected) => {
    expect(found(text)).toEqual(expected)
  })
})

describe('names, places and the like', () => {
  it.each(written)('%s', (text, ...expected) => {
    expect(found(text)).toEqual(expected)
  })

  it('knows a surname again that a full name brought up', () => {
    expect(found('Tomaž Hribar called. Later Hribar wrote.').filter(each => each.startsWith('PERSON'))).toEqual([
      'PERSON Tomaž Hribar',
      'PERSON Hribar',
    ])
  })

  it('sees through disguises, with the offsets of the original', () => {
    expect(found('klic od Z\u030Cige C\u030Ceha')).toEqual(['PERSON Z\u030Cige C\u030Ceha'])
    expect(found('mail a\u200Bna@exam\u00ADple.com now')).toEqual(['EMAIL_ADDRESS a\u200Bna@exam\u00ADple.com'])
    expect(found('card ４１１１ 1111 1111 1111')).toEqual(['CREDIT_CARD ４１１１ 1111 1111 1111'])
    expect(found('S\u041056 iban S\u040656263300012039086')).toContain('IBAN S\u040656263300012039086')
  })
})

describe('names and what is named after them', () => {
  it.each([
    ['Jones, Mitchell and Williams is a law firm', 'ORGANIZATION Jones, Mitchell and Williams'],
    ['They met Dr. Wells', 'TITLE Dr.', 'PERSON Wells'],
    ['Her maiden name is Key', 'PERSON Key'],
    ['my zip changed from 90210 to 10001', 'POSTCODE 90210', 'POSTCODE 10001'],
  ])('%s', (text, ...expected) => {
    expect(found(text)).toEqual(expected)
  })

  it.each([
    'They sailed past the Rhine Gorge in the morning',
    'What did the Luther Bible change?',
    'He wrote on a Bodhisattva vow.',
    'Ships cross the English Channel.',
  ])('%s', text => {
    expect(found(text)).toEqual([])
  })
})

describe('disguises in every kind', () => {
  it.each([
    ['ana [at] primer [dot] si', 'EMAIL_ADDRESS ana [at] primer [dot] si'],
    ['SI56 2633\n0001 2039\n086', 'IBAN SI56 2633\n0001 2039\n086'],
    ['SI56-2633-0001-2039-086', 'IBAN SI56-2633-0001-2039-086'],
    ['tel. 0\u200B31 123\u2009456', 'PHONE_NUMBER 0\u200B31 123\u2009456'],
    ['card 4111\u00A01111\u00A01111\u00A01111', 'CREDIT_CARD 4111\u00A01111\u00A01111\u00A01111'],
    ['pište na bor@primer\u200D.si', 'EMAIL_ADDRESS bor@primer\u200D.si'],
    ['from \u{1D400}\u{1D427}\u{1D41A} Kranjc', 'PERSON \u{1D400}\u{1D427}\u{1D41A} Kranjc'],
    ['EMŠO \u0660101006500006', 'SI_EMSO \u0660101006500006'],
    ['klic od Janeza Z\u030Cnidars\u030Cic\u030Ca', 'PERSON Janeza Z\u030Cnidars\u030Cic\u030Ca'],
    ['\u0410na Kranjc called', 'PERSON \u0410na Kranjc'],
  ])('%j', (text, expected) => {
    expect(found(text)).toEqual([expected])
  })
})

describe('what is no personal data', () => {
  it.each([
    'const user = Array.from(new Map(entries), ([name, value]) => value.trim())',
    'Version 1.2.3.4 of the library needs Node 24.10.1 or later.',
    'export default class Ruby extends Base {}',
    'The total is 1.234.567,89 EUR for 12 items, 3 of 40 pages.',
    'Use `git rebase --interactive HEAD~3` and run the tests again.',
    'sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'Error 404 at line 120, column 15: unexpected token.',
    'Naslednja seja bo predvidoma prihodnji mesec.',
    'order 4111111111111112 has a wrong check digit',
    'http://localhost:3000/index.html and 127.0.0.1 are this machine',
    'SI56 2633 0001 2039 087 is mistyped',
  ])('%s', text => {
    expect(found(text)).toEqual([])
  })
})

describe('context', () => {
  it('lifts a number that its digits alone leave open', () => {
    expect(found('50223054')).toEqual([])
    expect(found('50223054', 'davčna')).toEqual(['TAX_NUMBER 50223054'])
    expect(found('011234567', 'telefon')).toEqual(['PHONE_NUMBER 011234567'])
  })

  it('takes the word of a column for names', () => {
    expect(found('Xyla Qwomp', 'fullName')).toEqual(['PERSON Xyla Qwomp'])
  })

  it('says why', () => {
    const [span] = detector.detect('EMŠO 0101006500006')
    expect(span?.evidence).toEqual(['date of birth', 'check digit', 'Slovenian region', 'context "emso"'])
  })
})

describe('options', () => {
  it('keeps to the types and the threshold that are asked for', async () => {
    const emails = await createDetector({types: ['EMAIL_ADDRESS']})
    expect(emails.detect('ana@example.com, 4111 1111 1111 1111').map(span => span.type)).toEqual(['EMAIL_ADDRESS'])
    const sure = await createDetector({threshold: 0.9})
    expect(sure.detect('Norway called 031 555').map(span => span.type)).toEqual([])
  })
})
