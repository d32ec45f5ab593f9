import {cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {bundleProgram} from '../../tools/bundle.ts'
import {writeManifest} from '../../tools/manifest.ts'
import {root} from './program.ts'

/** Builds omni with the probe plugin into a directory, and returns what to start. */
export async function buildProbeProgram(directory: string): Promise<string> {
  const probe = join(import.meta.dirname, 'probe-commands')
  const commands = ['end', 'rows', 'drop', 'clear'].map(name => [`commands/probe/${name}`, join(probe, `${name}.ts`)])
  await bundleProgram(join(directory, 'dist'), {
    ...Object.fromEntries(commands),
    'plugins/probe': join(import.meta.dirname, 'probe.ts'),
  })
  const description = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {omni: {plugins: string[]}}
  description.omni.plugins.push('./dist/plugins/probe.js')
  writeFileSync(join(directory, 'package.json'), JSON.stringify(description))
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'))
  mkdirSync(join(directory, 'bin'))
  cpSync(join(root, 'bin', 'run.js'), join(directory, 'bin', 'run.js'))
  await writeManifest(directory)
  return join(directory, 'bin', 'run.js')
}
