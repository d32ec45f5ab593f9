/**
 * Makes the tarball that a user installs: `node tools/package.ts [DIRECTORY]` leaves `omni-ops-cli-<version>.tgz` there.
 * Its package.json names just the libraries that the bundle leaves out, with the versions of the lock file, so that
 * `npm install --global omni-ops-cli-….tgz` works anywhere and brings nothing that is not used.
 */
import {execFileSync} from 'node:child_process'
import {existsSync} from 'node:fs'
import {cp, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {bundleProgram} from './bundle.ts'
import {declarationPeers, writeDeclarations} from './declarations.ts'
import {writeManual} from './manual.ts'

interface Package {
  readonly name: string
  readonly version: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const root = resolve(import.meta.dirname, '..')
const destination = resolve(process.argv[2] ?? '.')

const read = async <T>(path: string) => JSON.parse(await readFile(join(root, path), 'utf8')) as T
const installed = (name: string) => read<Package>(`node_modules/${name}/package.json`)

const directory = await mkdtemp(join(tmpdir(), 'omni-package-'))
const packages = await bundleProgram(join(directory, 'dist'))
const {name, version, description, license, type, bin, man, engines, oclif, omni} = await read<
  Package & Record<string, unknown>
>('package.json')
const lancedb = await installed('@lancedb/lancedb')
const native = Object.entries(lancedb.optionalDependencies ?? {}).filter(([each]) => each.startsWith('@lancedb/'))
const versions = await Promise.all(
  packages
    .filter(each => !each.startsWith('@lancedb/'))
    // Such as what `ws` tries and does without: what is not in the checkout is not needed to run.
    .filter(each => existsSync(join(root, 'node_modules', each)))
    .map(async each => [each, (await installed(each)).version] as const),
)

const peers = await Promise.all(declarationPeers.map(async each => [each, (await installed(each)).version] as const))

try {
  await writeDeclarations(join(directory, 'types'), `${name}/types`)
  for (const path of ['bin', 'oclif.manifest.json', 'README.md', 'LICENSE']) {
    await cp(join(root, path), join(directory, path), {recursive: true})
  }
  await writeFile(
    join(directory, 'package.json'),
    `${JSON.stringify(
      {
        name,
        version,
        description,
        license,
        type,
        bin,
        man,
        engines,
        types: 'types/index.d.ts',
        dependencies: Object.fromEntries(versions),
        // One for each system; npm takes the one that fits.
        optionalDependencies: Object.fromEntries(native),
        // What compiling against the declarations takes; to run, nobody needs them.
        peerDependencies: Object.fromEntries(peers),
        peerDependenciesMeta: Object.fromEntries(declarationPeers.map(each => [each, {optional: true}])),
        oclif,
        omni,
      },
      null,
      2,
    )}\n`,
  )
  await writeManual(directory)
  await mkdir(destination, {recursive: true})
  execFileSync('npm', ['pack', '--silent', '--pack-destination', destination], {
    cwd: directory,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
} finally {
  await rm(directory, {recursive: true, force: true})
}
