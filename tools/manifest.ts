import {mkdir, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {type Interfaces, Plugin} from '@oclif/core'

/**
 * Writes `oclif.manifest.json`: what help, completion and the parser need to know without loading a command; each
 * command's part of it beside the command's module, for running that one alone; and for the program and each topic what
 * its help tells.
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
  const topics = allTopics(plugin.topics, Object.values(commands))
  for (const {name} of [{name: ''}, ...topics]) {
    const help = helpOf(name, Object.values(commands), topics)
    if (help === undefined) continue
    const path = join(root, 'dist', `${['help', ...name.split(':').filter(Boolean)].join('/')}.json`)
    await mkdir(dirname(path), {recursive: true})
    await writeFile(path, JSON.stringify(help))
  }
}

type ManifestCommand = Interfaces.Manifest['commands'][string]

/** As oclif finds them: those of package.json, and every beginning of a command's words. */
function allTopics(declared: readonly Interfaces.Topic[], commands: readonly ManifestCommand[]): Interfaces.Topic[] {
  const topics = new Map(declared.map(topic => [topic.name, topic]))
  for (const {id, hidden, summary, description} of commands) {
    if (hidden) continue
    for (let parts = id.split(':'); parts.length > 0; parts = parts.slice(0, -1)) {
      const name = parts.join(':')
      if (!topics.has(name)) topics.set(name, {name, description: summary ?? description})
    }
  }
  return [...topics.values()]
}

/** The topic itself, what is directly below it, and below each of these one topic: without one, oclif shows none. */
function helpOf(name: string, commands: readonly ManifestCommand[], topics: readonly Interfaces.Topic[]) {
  const prefix = name === '' ? '' : `${name}:`
  const isChild = (id: string) => id.startsWith(prefix) && id !== name && !id.slice(prefix.length).includes(':')
  const own = commands.find(({id}) => id === name)
  const below = topics.filter(topic => isChild(topic.name))
  if (below.length === 0) return undefined
  const deeper = below.flatMap(parent => topics.find(topic => topic.name.startsWith(`${parent.name}:`)) ?? [])
  return {
    commands: [
      ...(own === undefined ? [] : [own]),
      ...commands
        .filter(({id}) => isChild(id))
        .map(({flags: _flags, args: _args, examples: _examples, ...told}) => ({...told, flags: {}, args: {}})),
    ],
    topics: [...topics.filter(topic => topic.name === name), ...below, ...deeper],
  }
}
