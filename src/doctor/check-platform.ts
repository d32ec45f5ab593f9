import {createRequire} from 'node:module'
import type {Finding} from '../operation/plugin.ts'

const leastNode = 24

/** Node itself, and the native modules of the kernel. */
export async function checkPlatform(): Promise<readonly Finding[]> {
  const major = Number(process.versions.node.split('.')[0])
  const node: Finding =
    major >= leastNode
      ? {name: 'node', status: 'ok', message: `${process.version} on ${process.platform} ${process.arch}`}
      : {
          name: 'node',
          status: 'problem',
          message: `${process.version} is too old`,
          fix: `install Node ${leastNode} or newer`,
        }
  return [node, nativeModule('better-sqlite3')]
}

/** Whether a package with native code loads here. */
export function nativeModule(name: string, from = import.meta.url): Finding {
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
