import {resolve} from 'node:path'
import {type Context, InvalidInputError, NotConfiguredError} from '@omni-ops/core/operation'

/** Where data are: files, or a server by its address. */
export interface DataLocation {
  readonly kind: 'files' | 'postgres' | 'prometheus'
  /** An absolute path, or a URL. May hold a password: never for a person to see. */
  readonly address: string
}

/** A password in an address that others can read: on a command line, or in a settings file. */
export class SecretInAddressError extends InvalidInputError {
  override readonly code = 'secret_in_address'
}

/**
 * Finds out what a location is. An address that holds a password has to be referred to, as `env:NAME` or `file:/path`,
 * since arguments are seen by everybody on a machine.
 * @throws SecretInAddressError, InvalidSettingError for a reference that is none, NotConfiguredError for an empty one
 */
export function dataLocation(
  text: string,
  {settings, workingDirectory}: Pick<Context, 'settings' | 'workingDirectory'>,
): DataLocation {
  if (/^(env|file):/.test(text) && !text.startsWith('file://')) {
    const address = settings.secretOf(text)?.trim()
    if (address === undefined || address === '') throw new NotConfiguredError(`${text} says no address of data`)
    return locationOf(address, workingDirectory)
  }
  const location = locationOf(text, workingDirectory)
  if (location.kind !== 'files' && /^[^:]+:\/\/[^/?#]*:[^/?#]*@|[?&]password=/.test(location.address)) {
    throw new SecretInAddressError('The address holds a password, which others on this machine could read', {
      hint: 'put the address into a variable and write env:NAME, or the password into ~/.pgpass or PGPASSWORD',
    })
  }
  return location
}

function locationOf(text: string, workingDirectory: string): DataLocation {
  if (/^postgres(ql)?:\/\//.test(text)) return {kind: 'postgres', address: text}
  if (/^prometheus\+https?:\/\//.test(text)) return {kind: 'prometheus', address: text.slice('prometheus+'.length)}
  const [, scheme] = /^([a-z][a-z0-9+.-]+):\/\//.exec(text) ?? []
  if (scheme !== undefined) {
    throw new InvalidInputError(`Data cannot be read over ${scheme}`, {
      hint: 'give a file, postgres://user@host/database, or prometheus+https://host',
    })
  }
  return {kind: 'files', address: resolve(workingDirectory, text)}
}
