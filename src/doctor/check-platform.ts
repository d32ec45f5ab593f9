import type {Finding} from '../operation/plugin.ts'
import {nativeModule} from './native-module.ts'

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
  return [node, nativeModule('better-sqlite3', import.meta.url)]
}
