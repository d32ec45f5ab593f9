import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {Plugin} from '@oclif/core'

/**
 * Writes `oclif.manifest.json`: what help, completion and the parser need to know without loading a command; and each
 * command's part of it beside the command's module, for running that one alone.
 */
export async function writeManifest(root: string): Promise<void> {
  const plugin = new Plugin({root, ignoreManifest: true, errorOnManifestCreate: true})
  plugin.root = root
  await plugin.load()
  const commands = Object.fromEntries(Object.entries(plugin.manifest.commands).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  await writeFile(join(root, 'oclif.manifest.json'), `${JSON.stringify({...plugin.manifest, commands}, null, 2)}\n`)
  await Promise.all(
    Object.entries(commands).map(([id, command]) =>
      writeFile(`${join(root, 'dist', 'commands', ...id.split(':'))}.json`, JSON.stringify(command)),
    ),
  )
}
