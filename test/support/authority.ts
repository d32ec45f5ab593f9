import {execFileSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

/** A certificate authority, as a company has one, and a certificate that it gave to some hosts. */
export interface Authority {
  /** Where its own certificate is. */
  readonly file: string
  readonly ca: string
  readonly cert: string
  readonly key: string
  remove(): void
}

const newCertificate = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout'.split(' ')
const subject = (name: string) => ['-subj', `/CN=${name}`]

export function makeAuthority(...hosts: readonly string[]): Authority {
  const directory = mkdtempSync(join(tmpdir(), 'omni-authority-'))
  const path = (name: string) => join(directory, name)
  const make = (name: string, ...more: readonly string[]) =>
    execFileSync(
      'openssl',
      [...newCertificate, path(`${name}.key`), '-out', path(`${name}.pem`), ...subject(name), ...more],
      {
        stdio: 'ignore',
      },
    )
  make('authority')
  const names = hosts.map(host => `DNS:${host}`).join()
  make('host', '-CA', path('authority.pem'), '-CAkey', path('authority.key'), '-addext', `subjectAltName=${names}`)
  const read = (name: string) => readFileSync(path(name), 'utf8')
  return {
    file: path('authority.pem'),
    ca: read('authority.pem'),
    cert: read('host.pem'),
    key: read('host.key'),
    remove: () => rmSync(directory, {recursive: true, force: true}),
  }
}
