import {readdirSync, readFileSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {Workspace} from '../support/workspace.ts'

const env = {OMNI_PRIVACY_KEY: 'a secret of at least thirty-two characters'}
const table = 'id,ime,telefon\n1,Ana Kranjc,031 123 456\n2,"Janez ""Jani"" Novak",+386 41 555 666\n'

interface Scan {
  readonly found: number
  readonly counts: Readonly<Record<string, number>>
  readonly spans: readonly {
    source: string
    where: string
    line: number
    column: number
    start: number
    end: number
    type: string
    value: string
  }[]
  readonly unread: readonly {source: string; reason: string}[]
}

describe('omni privacy scan', () => {
  test('finds personal data in a directory and hides the values unless asked', async () => {
    const workspace = new Workspace({env})
    workspace.write('letters/one.txt', 'Lepo pozdravljeni,\npišite na ana@example.com.\n')
    workspace.write('letters/deep/table.csv', table)
    workspace.write('letters/picture.bin', new Uint8Array([1, 0, 2]))
    workspace.write('letters/broken.json', '{"a": ')
    const scan = await workspace.json<Scan>(['privacy', 'scan', 'letters'], 3)
    expect(scan.counts).toEqual({EMAIL_ADDRESS: 1, PERSON: 2, PHONE_NUMBER: 2})
    expect(scan.unread.map(each => each.source).toSorted()).toEqual(['letters/broken.json', 'letters/picture.bin'])
    const mail = scan.spans.find(span => span.type === 'EMAIL_ADDRESS')
    expect(mail).toMatchObject({
      source: 'letters/one.txt',
      where: '2:11',
      line: 2,
      column: 11,
      start: 29,
      end: 44,
      value: 'a***@example.com',
    })
    const shown = await workspace.json<Scan>(['privacy', 'scan', 'letters/deep', '--show-values', '--types', 'PERSON'])
    expect(shown.spans.map(span => span.value)).toEqual(['Ana Kranjc', 'Janez "Jani" Novak'])
  })

  test('is a gate with --fail, reads stdin, and names what is missing', async () => {
    const workspace = new Workspace({env})
    const gate = await workspace.omni(['privacy', 'scan', '-', '--fail'], {input: 'ana@example.com'})
    expect(gate.code).toBe(7)
    expect((await workspace.omni(['privacy', 'scan', '-', '--fail'], {input: 'nič'})).code).toBe(0)
    expect((await workspace.omni(['privacy', 'scan', 'nowhere'])).code).toBe(5)
    expect((await workspace.omni(['privacy', 'scan'])).code).toBe(2)
    expect((await workspace.omni(['privacy', 'scan', '-', '--threshold', '2'])).code).toBe(2)
  })
})

describe('omni privacy mask and unmask', () => {
  test('go there and back, byte for byte', async () => {
    const workspace = new Workspace({env})
    workspace.write('table.csv', table)
    expect(
      (await workspace.omni(['privacy', 'mask', 'table.csv', '--out', 'masked.csv', '--map', 'table.map'])).code,
    ).toBe(0)
    const masked = readFileSync(workspace.path('masked.csv'), 'utf8')
    expect(masked).not.toMatch(/Kranjc|Novak|123 456|555/)
    expect(masked.split('\n')).toHaveLength(4)
    expect(readFileSync(workspace.path('table.map'), 'utf8')).not.toContain('Kranjc')
    const back = await workspace.omni(['privacy', 'unmask', 'masked.csv', '--map', 'table.map'])
    expect(back.stdout).toBe(table)
  })

  test('refuse without a key, and leave nothing behind', async () => {
    const workspace = new Workspace()
    workspace.write('letter.txt', 'ana@example.com')
    const refused = await workspace.omni(['privacy', 'mask', 'letter.txt', '--out', 'out.txt', '--map', 'letter.map'])
    expect(refused.code).toBe(9)
    expect(refused.stderr).toContain('OMNI_PRIVACY_KEY')
    expect(readdirSync(workspace.directory).toSorted()).toEqual(['.home', 'letter.txt'])
  })

  test('say when a file is no text', async () => {
    const workspace = new Workspace({env})
    workspace.write('latin.txt', new Uint8Array([0x41, 0xe9, 0x42, 0x0a]))
    const refused = await workspace.omni(['privacy', 'mask', 'latin.txt'])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('UTF-8')
    workspace.write('scan.pdf', '%PDF-1.4\nana@example.com')
    const pdf = await workspace.omni(['privacy', 'mask', 'scan.pdf'])
    expect(pdf.code).toBe(2)
    expect(pdf.stderr).toContain('name one with --out')
  })
})

describe('omni privacy pseudonymize, tokenize and detokenize', () => {
  test('give a column pseudonyms that stay the same from run to run', async () => {
    const workspace = new Workspace({env})
    workspace.write('table.csv', table)
    const argv = ['privacy', 'pseudonymize', 'table.csv', '--column', 'telefon', '--domain']
    const first = await workspace.omni([...argv, 'research'])
    expect(first.stdout).toMatch(
      /^id,ime,telefon\n1,Ana Kranjc,psn_[a-z2-7]{26}\n2,"Janez ""Jani"" Novak",psn_[a-z2-7]{26}\n$/,
    )
    expect((await workspace.omni([...argv, 'research'])).stdout).toBe(first.stdout)
    expect((await workspace.omni([...argv, 'vendor'])).stdout).not.toBe(first.stdout)
    expect((await workspace.omni([...argv, 'Not A Domain'])).code).toBe(2)
  })

  test('keep values behind tokens, read from stdin', async () => {
    const workspace = new Workspace({env})
    const made = await workspace.omni(['privacy', 'tokenize', '-', '--json'], {input: 'ana@example.com\n031 123 456\n'})
    const {tokens} = JSON.parse(made.stdout) as {tokens: {token: string}[]}
    expect(tokens).toHaveLength(2)
    const [first, second] = tokens.map(each => each.token) as [string, string]
    const revealed = await workspace.json<{values: {value: string | null}[]}>(
      ['privacy', 'detokenize', second, first, 'tok_none', '--reason', 'a test'],
      3,
    )
    expect(revealed.values.map(each => each.value)).toEqual(['031 123 456', 'ana@example.com', null])
    expect((await workspace.omni(['privacy', 'detokenize', first])).code).toBe(2)
    expect((await workspace.omni(['privacy', 'detokenize', 'tok_none', '--reason', 'a test'])).code).toBe(5)
  })
})
