import {createRequire} from 'node:module'
import type {Finding} from '../operation/plugin.ts'

/** Whether a package with native code loads here. */
export function nativeModule(name: string, from: string): Finding {
  const require = createRequire(from)
  try {
    require(name)
    const {version} = require(`${name}/package.json`) as {version: string}
    return {name, status: 'ok', message: `${version} loads`}
  } catch (error) {
    return {
      name,
      status: 'problem',
      message: `does not load: ${(error as Error).message.split('\n')[0]}`,
      fix: 'run `npm ci` again on this machine; the package brings a binary per system',
    }
  }
}
