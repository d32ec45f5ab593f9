import {beforeAll, describe, expect, test} from 'vitest'
import {loadPlainLanguage, type TellPlainLanguage} from '../../src/analysis/plain-language.ts'

describe('plain language', () => {
  let tell: TellPlainLanguage
  beforeAll(async () => {
    tell = await loadPlainLanguage()
  })

  test.each([
    [
      'en',
      'The landlord must give notice in writing before the end of the month, and the tenant may then leave within ninety days without paying any further rent for the flat.',
    ],
    [
      'de',
      'Der Vermieter muss die Kündigung schriftlich aussprechen, bevor der Monat zu Ende ist, und der Mieter kann dann innerhalb von neunzig Tagen ausziehen, ohne weitere Miete für die Wohnung zu zahlen.',
    ],
    [
      'tr',
      'Kiracı bu daire için daha fazla kira ödemeden doksan gün içinde çıkabilir; ancak bunun için ev sahibinin çok önce yazılı olarak haber vermesi gerekir, çünkü her şey buna bağlıdır ve başka bir yol da yoktur.',
    ],
  ])('tells prose in %s', (language, text) => {
    expect([language, undefined]).toContain(tell(text))
  })

  test('tells English and German for certain', () => {
    expect(
      tell(
        'This is what you should do when there is nothing else that could have been done before the others have come and gone again.',
      ),
    ).toBe('en')
    expect(
      tell(
        'Das ist es, was man tun sollte, wenn nichts anderes mehr hätte getan werden können, bevor die anderen wieder gekommen und gegangen sind.',
      ),
    ).toBe('de')
  })

  test('never takes Slovenian for Croatian or the reverse', () => {
    const slovenian =
      'Najemodajalec mora odpoved podati pisno pred koncem meseca, najemnik pa se lahko potem izseli v devetdesetih dneh, ne da bi za stanovanje še plačeval najemnino, kot je bilo dogovorjeno.'
    const croatian =
      'Najmodavac mora otkaz dati pismeno prije kraja mjeseca, a najmoprimac se onda može iseliti u roku od devedeset dana bez plaćanja daljnje najamnine za stan, kao što je bilo dogovoreno.'
    expect(tell(slovenian)).not.toBe('hr')
    expect(tell(croatian)).not.toBe('sl')
  })

  test.each([
    ['few words', 'The end of the road'],
    [
      'names and numbers',
      'Novak Kranjc Ljubljana Maribor Celje Koper 1234 Kovač Zupan Horvat Potočnik Golob Vidmar Kos Oblak Turk Rozman Hribar Kotnik Mlakar Bizjak',
    ],
    [
      'code',
      'const result = await fetchUrl(target, options); if (result.status !== expected) throw new ResponseError(target, result.status, result.headers)',
    ],
    [
      'two languages in equal parts',
      'This is what you should do when there is nothing else. Das ist es was man tun sollte wenn nichts anderes mehr bleibt und alle schon weg sind.',
    ],
  ])('says nothing of %s', (_what, text) => {
    expect(tell(text)).toBeUndefined()
  })
})
