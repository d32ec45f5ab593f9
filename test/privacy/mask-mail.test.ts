import {readFileSync} from 'node:fs'
import PostalMime from 'postal-mime'
import {describe, expect, test} from 'vitest'
import type {Context} from '@omni-ops/core/operation'
import {maskMail} from '../../plugins/privacy/src/mail/mask-mail.ts'
import {scanFiles} from '../../plugins/privacy/src/files/scan-files.ts'
import {unitContext} from '../../src/testing/context.ts'
import {Workspace} from '../support/workspace.ts'

const base64 = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding).toString('base64')
const crlf = (text: string) => text.replaceAll('\n', '\r\n')

/** Personal data in every encoding that mail has, none of which can be found in the bytes. */
const letter = crlf(`From: =?UTF-8?B?${base64('Štefan Kovač')}?= <stefan.kovac@example.com>
To: "Novak, Ana" <ana.novak@example.com>, undisclosed-recipients:;
Subject: =?UTF-8?Q?Telefon_=2B386_31_123_456?=
 =?UTF-8?Q?_za_Mitjo?=
Message-ID: <1@example.com>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="outer"

--outer
Content-Type: multipart/alternative; boundary="inner"

--inner
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Pi=C5=A1ite na jan=65z@example.org, =C5=BEe danes; dolga vrstica brez ose=
bnih podatkov.
--inner
Content-Type: text/html; charset=iso-8859-2
Content-Transfer-Encoding: base64

${Buffer.from('<p>Pi\u00B9ite na bor@example.org</p>', 'latin1').toString('base64')}
--inner--

--outer
Content-Type: text/csv; name="seznam.csv"
Content-Disposition: attachment; filename*=UTF-8''eva%40example.org.csv
Content-Transfer-Encoding: base64

${base64('mail,mesto\ncilka@example.org,"blue, red"\n')}
--outer
Content-Type: message/rfc822

From: dana@example.org
Subject: Re: plain

fani@example.org
--outer
Content-Type: image/png; name=slika.png
Content-Transfer-Encoding: base64

${base64('\u0089PNG', 'latin1')}
--outer--
`)

const secrets = /stefan|kova|novak|31 123 456|jan(?:e|=65)z|bor@|cilka|eva(?:@|%40)|dana|fani/i

async function masked(mail: string | Uint8Array, style: 'label' | 'block' = 'label', name = 'mail.eml') {
  const workspace = new Workspace()
  workspace.write(name, mail)
  const files = {path: workspace.path(name), name, out: workspace.path(`out-${name}`)}
  const surroundings = {settings: {get: () => undefined}, directories: {}, emit: () => undefined, workingDirectory: '/'}
  const context = {...unitContext(), ...surroundings, signal: new AbortController().signal} as unknown as Context
  const report = await maskMail({...files, types: [], threshold: 0.5, style}, context)
  const found = async (path: string) => {
    const options = {paths: [path], types: [], threshold: 0.5, format: undefined, csv: {}, showValues: true}
    return scanFiles({...options, standardInput: () => process.stdin}, context)
  }
  return {report, bytes: readFileSync(files.out), before: await found(files.path), after: await found(files.out)}
}

/** Every text of a message and of those in it, as another reader of mail reads it. */
async function textsOf(bytes: Uint8Array): Promise<string> {
  const mail = await PostalMime.parse(bytes, {forceRfc822Attachments: true})
  const attached = mail.attachments.map(async ({filename, mimeType, content}) => {
    const inner = new Uint8Array(content as ArrayBuffer)
    return mimeType === 'message/rfc822' ? textsOf(inner) : `${filename}\n${Buffer.from(inner).toString()}`
  })
  return JSON.stringify([mail.from, mail.to, mail.subject, mail.text, mail.html, await Promise.all(attached)])
}

describe('mail', () => {
  test('is read and masked as its reader sees it, whatever its encodings, and stays mail', async () => {
    const {report, bytes, before, after} = await masked(letter)
    const values = before.spans.map(({value}) => value).join('\n')
    for (const secret of [
      'Štefan Kovač',
      '+386 31 123 456',
      'janez@example.org',
      'bor@example.org',
      'cilka@',
      'fani@',
    ]) {
      expect(values).toContain(secret)
    }
    expect(before.spans.find(({value}) => value === 'janez@example.org')).toMatchObject({
      part: 'part 1.1',
      where: 'part 1.1, 1:11',
    })
    expect(report.counts).toEqual(before.counts)
    expect(report.unread).toEqual([{source: 'mail.eml', reason: 'part 4 (slika.png) is copied as it stands'}])
    expect(after.spans.filter(({value}) => secrets.test(value))).toEqual([])

    const texts = await textsOf(bytes)
    expect(texts).not.toMatch(secrets)
    const mail = await PostalMime.parse(bytes, {forceRfc822Attachments: true})
    expect(mail.from).toEqual({name: '[PERSON]', address: '"[EMAIL_ADDRESS]"@masked.invalid'})
    expect(mail.subject).toContain('Telefon [PHONE_NUMBER] za')
    expect(mail.text).toContain('Pišite na [EMAIL_ADDRESS], že danes; dolga vrstica brez osebnih podatkov.')
    expect(mail.html).toBe('<p>Pišite na [EMAIL_ADDRESS]</p>')
    expect(texts).toContain('[EMAIL_ADDRESS],\\"blue, red\\"')
    // Lines of mail: at most 76 characters where they are encoded, and every one with its end (RFC 2045, RFC 5322).
    const lines = bytes.toString('latin1').split('\r\n')
    expect(lines.filter(line => line.length > 78 || line.includes('\n'))).toEqual([])
    expect(bytes.every(byte => byte < 0x80)).toBe(true)
  })

  test('of a style with other characters than ASCII is encoded, too', async () => {
    const {bytes} = await masked(letter, 'block')
    const mail = await PostalMime.parse(bytes)
    expect(mail.text).toContain(`Pišite na ${'█'.repeat('janez@example.org'.length)}, že danes`)
    expect(mail.from?.name).toBe('█'.repeat('Štefan Kovač'.length))
    expect(await textsOf(bytes)).not.toMatch(secrets)
  })

  test('without personal data is copied byte for byte', async () => {
    const plain = crlf(
      'Subject: =?utf-8?q?nothing?=\nContent-Transfer-Encoding: quoted-printable\n\n=6eothing =\nhere\n',
    )
    for (const mail of [plain, plain.replaceAll('\r\n', '\n'), 'no header at all', '\n', 'A: b\n\n--x\n\n--x--']) {
      const {bytes, report} = await masked(mail)
      expect(bytes.toString()).toBe(mail)
      expect(report.counts).toEqual({})
    }
  })

  test('of old times, without MIME and in no UTF-8, is written in UTF-8 where something is replaced', async () => {
    const old = Buffer.from('From: x@example.org (J. Smith)\nSubject: old\n\nCaf\u00e9 of tina@example.org\n', 'latin1')
    const {bytes} = await masked(old)
    const mail = await PostalMime.parse(bytes)
    expect(mail.text).toBe('Café of [EMAIL_ADDRESS]\n')
    expect(mail.headers.map(({key}) => key)).toEqual(
      expect.arrayContaining(['mime-version', 'content-type', 'content-transfer-encoding']),
    )
  })

  test('of a mailbox stays message by message, the separators included', async () => {
    const separator = (address: string) => `From ${address} Mon Nov 23 10:00:00 2026\n`
    const body = `From here on it is long: ${'word '.repeat(30)}tina@example.org\n\n`
    const box = `${separator('gaja@example.org')}Subject: one\n\n${body}${separator('MAILER')}Subject: two\n\n>From me\n`
    const {bytes, before} = await masked(box, 'label', 'box.mbox')
    expect(before.spans.map(({value, where}) => [value, where])).toEqual([
      ['gaja@example.org', 'message 1, separator'],
      ['tina@example.org', 'message 1, text, 1:176'],
    ])
    const text = bytes.toString()
    expect(text).toMatch(/^From "\[EMAIL_ADDRESS\]"@masked\.invalid Mon Nov 23/)
    expect(text.match(/^From /gm)).toHaveLength(2)
    expect(text.endsWith(`${separator('MAILER')}Subject: two\n\n>From me\n`)).toBe(true)
  })

  test('comes back with its map', async () => {
    const workspace = new Workspace({env: {OMNI_PRIVACY_KEY: 'a secret of at least thirty-two characters'}})
    workspace.write('mail.eml', letter)
    const mask = ['privacy', 'mask', 'mail.eml', '--out', 'masked.eml', '--map', 'mail.map']
    expect((await workspace.omni(mask)).code).toBe(3)
    expect(await textsOf(readFileSync(workspace.path('masked.eml')))).not.toMatch(secrets)
    const unmask = ['privacy', 'unmask', 'masked.eml', '--out', 'back.eml', '--map', 'mail.map']
    expect(await workspace.omni(unmask)).toMatchObject({code: 0})
    expect(await textsOf(readFileSync(workspace.path('back.eml')))).toBe(await textsOf(Buffer.from(letter)))
  })
})
