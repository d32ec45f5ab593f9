import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'

const root = join(import.meta.dirname, '..')
const read = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8')) as Record<string, unknown>

interface LockedPackage {
  readonly gypfile?: boolean
  readonly hasInstallScript?: boolean
  readonly link?: boolean
  readonly resolved?: string
}

test('npm ci compiles nothing: better-sqlite3 brings its binaries, and npm takes its binding.gyp for an order to build', () => {
  const packages = read('package-lock.json').packages as Record<string, LockedPackage>
  expect(packages['node_modules/better-sqlite3']).toMatchObject({gypfile: false})
  expect(read('package.json').allowScripts).toMatchObject({'better-sqlite3': false})
})

test('every package that runs a script when it is installed is named in allowScripts', () => {
  const packages = read('package-lock.json').packages as Record<string, LockedPackage>
  const scripted = Object.entries(packages)
    .filter(([, locked]) => locked.hasInstallScript)
    .map(([path]) => path.split('node_modules/').at(-1)!)
    .filter(name => name !== '' && name !== 'fsevents')
  expect(Object.keys(read('package.json').allowScripts as object)).toEqual(expect.arrayContaining(scripted))
})

test('the lock names no registry', () => {
  const packages = read('package-lock.json').packages as Record<string, LockedPackage>
  const elsewhere = Object.values(packages).filter(({link, resolved}) => resolved !== undefined && !link)
  expect(elsewhere).toEqual([])
})
