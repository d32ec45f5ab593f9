import {createHash} from 'node:crypto'
import {describe, expect, test} from 'vitest'
import {getDocumentProxy} from 'unpdf'
import {textOf, type SubjectLetter, writeLetter} from '../src/documents/index.ts'
import {letterFrom, TemplateError} from '../src/documents/letter-template.ts'
import {pdfOf} from '../src/documents/pdf.ts'

const correspondence = {
  language: 'sl',
  date: '2026-11-23',
  reference: 'ZOP-17/2026',
  controller: 'Čebelarstvo Žužemberk d.o.o., Šmihel 1',
  addressee: 'Ana Žnidaršič',
  received: '2026-11-20',
  right: 'GDPR, člen 17',
  contact: 'zasebnost@example.com',
  citation: 'GDPR, Article 12(3)',
} as const

const refusal: SubjectLetter = {
  ...correspondence,
  kind: 'refusal',
  authority: 'Informacijski pooblaščenec, Dunajska cesta 22, Ljubljana',
  complaintDays: 15,
  refusals: [
    {what: 'Račun 2026-3', reason: 'hranimo ga deset let', article: 'GDPR, Article 17(3)(b)'},
    {what: 'Račun 2026-4', reason: 'enako', article: 'GDPR, Article 17(3)(b)'},
  ],
}

async function read(bytes: Buffer) {
  const pdf = await getDocumentProxy(new Uint8Array(bytes))
  const pages = Array.from({length: pdf.numPages}, (_, index) => pdf.getPage(index + 1))
  const contents = await Promise.all(pages.map(async page => (await page).getTextContent()))
  const text = contents.map(({items}) => items.map(item => ('str' in item ? item.str : '')).join(' ')).join('\n')
  return {pdf, text: text.replaceAll(/\s+/g, ' '), tree: await (await pages[0])?.getStructTree()}
}

describe('a letter', () => {
  test('that refuses gives reasons and remedies, in Slovenian', () => {
    const text = textOf(writeLetter(refusal))
    expect(text).toContain('Vaši zahtevi ne moremo ugoditi')
    expect(text).toContain('- Račun 2026-3: hranimo ga deset let (GDPR, Article 17(3)(b))\n- Račun 2026-4')
    expect(text).toContain('v 15 dneh od seznanitve')
    expect(text).toContain('sodno varstvo')
  })

  test('in English says nothing of fifteen days where the law sets none', () => {
    const {complaintDays: _, ...english} = {...refusal, language: 'en' as const}
    expect(textOf(writeLetter(english))).toMatch(/You may complain to [^.]*Ljubljana\. You may also go to court/)
  })

  test.each(['en', 'sl'] as const)('of every kind is complete in %s', language => {
    const remedy = {authority: 'the authority', complaintDays: 15}
    const letters: SubjectLetter[] = [
      {...correspondence, language, kind: 'confirmation', due: '2026-12-21'},
      {...correspondence, language, kind: 'confirmation', due: '2026-12-21', identityNeeded: 'two invoices'},
      {
        ...correspondence,
        ...remedy,
        language,
        kind: 'extension',
        due: '2026-12-21',
        extendedDue: '2027-02-22',
        reasons: 'four archives',
      },
      {...refusal, language},
      {...correspondence, ...remedy, language, kind: 'answer', actions: ['erased the profile']},
      {
        ...correspondence,
        ...remedy,
        language,
        kind: 'answer',
        actions: ['erased the profile'],
        refusals: refusal.refusals,
        recipients: ['Mailer Ltd'],
      },
    ]
    for (const letter of letters) {
      const text = textOf(writeLetter(letter))
      expect(text).toContain('Ana Žnidaršič')
      expect(text).toContain('ZOP-17/2026')
      expect(text).not.toMatch(/[{}]|undefined/)
    }
    const [plain, identity] = letters.map(letter => textOf(writeLetter(letter)))
    expect(plain).not.toContain('12(6)')
    expect(identity).toContain('two invoices')
  })

  test('what a person wrote is never read as a template, a heading or an item', () => {
    const forged = '{{controller}}\n\n## Forged\n- **item**'
    const reasons = '## Forged'
    const {blocks} = writeLetter({
      ...correspondence,
      language: 'en',
      kind: 'extension',
      authority: '- nobody',
      addressee: forged,
      due: '2026-12-21',
      extendedDue: '2027-02-22',
      reasons,
    })
    expect(blocks).toContainEqual({kind: 'paragraph', text: 'Dear {{controller}} ## Forged - **item**,'})
    expect(blocks).toContainEqual({kind: 'paragraph', text: reasons})
    expect(blocks.some(({kind}) => kind !== 'paragraph')).toBe(false)
  })
})

describe('a template', () => {
  test('refuses a field that nobody gave, parts that do not close, and a letter without a title', () => {
    expect(() => letterFrom('# {{who}}', {})).toThrow(TemplateError)
    expect(() => letterFrom('# {{#who}}x', {who: 'a'})).toThrow('not closed')
    expect(() => letterFrom('# x{{/who}}', {})).toThrow('closes nothing')
    expect(() => letterFrom('title', {})).toThrow(TemplateError)
  })

  test('repeats a part for each item, which sees the fields around it', () => {
    const {blocks} = letterFrom('# t\n\n{{#list}}- {{what}}{{other}}\n{{/list}}', {
      other: '!',
      list: [{what: 'a'}, {what: 'b'}],
    })
    expect(blocks).toEqual([{kind: 'list', items: ['a!', 'b!']}])
  })
})

describe('a PDF', () => {
  test('can be read back, letter by letter, and says its language, title and structure', async () => {
    const {pdf, text, tree} = await read(await pdfOf(writeLetter(refusal)))
    expect(text).toContain('Čebelarstvo Žužemberk d.o.o., Šmihel 1')
    expect(text).toContain('Pritožite se lahko pri: Informacijski pooblaščenec')
    const {info} = await pdf.getMetadata()
    expect(info).toMatchObject({Title: 'Vaši zahtevi ne moremo ugoditi', Language: 'sl-SI'})
    expect(await pdf.getMarkInfo()).toMatchObject({Marked: true})
    const roles = JSON.stringify(tree)
    for (const role of ['Document', 'H1', 'H2', 'P', 'L', 'LI', 'LBody']) expect(roles).toContain(`"role":"${role}"`)
  })

  test('embeds its font, and is the same bytes each time', async () => {
    const [once, again] = await Promise.all([pdfOf(writeLetter(refusal)), pdfOf(writeLetter(refusal))])
    const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
    expect(hash(once)).toBe(hash(again))
    expect(once.toString('latin1')).toContain('/FontFile2')
    expect(once.toString('latin1')).toContain('NotoSans-Regular')
    const later = await pdfOf(writeLetter({...refusal, date: '2026-11-24'}))
    expect(hash(later)).not.toBe(hash(once))
  })

  test('goes over as many pages as it needs, and numbers them', async () => {
    const refusals = Array.from({length: 200}, (_, index) => ({
      what: `Račun ${index}`,
      reason: 'hranimo ga deset let po koncu leta, na katero se nanaša',
      article: 'GDPR, Article 17(3)(b)',
    }))
    const {pdf, text} = await read(await pdfOf(writeLetter({...refusal, refusals})))
    expect(pdf.numPages).toBeGreaterThan(3)
    expect(text).toContain('Račun 199')
    expect(text).toContain(`Stran ${pdf.numPages} / ${pdf.numPages}`)
  })
})
