import {posix} from 'node:path'
import {parseSync, Visitor} from 'oxc-parser'

/** A TypeScript module of the repository; `path` is relative to its root, with `/`. */
export interface SourceFile {
  readonly path: string
  readonly source: string
}

export interface Violation {
  readonly path: string
  readonly line: number
  readonly message: string
}

interface Import {
  readonly specifier: string
  readonly at: number
  /** `import type`, which leaves nothing in the program. */
  readonly typeOnly: boolean
  readonly dynamic: boolean
}

/** Where the outside world is reached on purpose: everything else gets it through the context. */
const worldly: readonly RegExp[] = [
  /^src\/cli\//, // the command line itself: arguments, streams, exit codes
  /^src\/operation\/random\.ts$/, // the system's clock and randomness, as the context hands them on
  /^src\/doctor\//, // looks at this very process and machine
  /^src\/net\/proxy-agent\.ts$/, // looks which Node this is
  /^src\/testing\//, // runs in the test's process
  /^src\/telemetry\/error-report\.ts$/, // names the platform a bug was met on
  /^src\/store\/sqlite-/, // process-wide handles of the native driver
  /^plugins\/rag\/src\/stores\/lancedb\/connect\.ts$/, // bounds that the engine takes from the environment alone
  /^plugins\/rag\/src\/ingest\/git-process\.ts$/, // a program that finds its user's settings in the environment
  /\/standard-input\.ts$/, // the user's own stdin, which a command hands on
  /^commands\//,
  /^plugins\/[^/]+\/src\/(commands|presentation)\//,
]

/** Names of the outside world, with what a service takes instead. */
const world: Readonly<Record<string, string>> = {
  process: 'take what varies from the context or an option',
  'Date.now': 'use context.clock',
  'Math.random': 'use context.random',
  'crypto.randomUUID': 'use context.random',
  'crypto.getRandomValues': 'use context.random',
  'new Date()': 'use context.clock',
}

/** Of `process`: the id only names files that no other process writes, a builtin module is what an import gives. */
const harmless = new Set(['process.pid', 'process.getBuiltinModule'])

/** Everything that one file imports or uses against the direction of the house. */
export function violationsIn(file: SourceFile): readonly Violation[] {
  const {program, module, errors} = parseSync(file.path, file.source)
  if (errors.length > 0) return [{path: file.path, line: 1, message: `cannot be parsed: ${errors[0]?.message}`}]
  const at = (offset: number) => file.source.slice(0, offset).split('\n').length
  const imports = [...importsOf(module), ...dynamicImportsOf(program)]
  const wrongImports = imports.flatMap(each =>
    complaintsAbout(file.path, each).map(message => ({path: file.path, line: at(each.at), message})),
  )
  const uses = worldly.some(pattern => pattern.test(file.path)) ? [] : usesOfWorld(program)
  return [
    ...wrongImports,
    ...uses.map(({name, start}) => ({path: file.path, line: at(start), message: `uses ${name}: ${world[name]}`})),
  ]
}

type Parsed = ReturnType<typeof parseSync>

function importsOf(module: Parsed['module']): readonly Import[] {
  const imported = module.staticImports.map(({moduleRequest, entries, start}) => ({
    specifier: moduleRequest.value,
    at: start,
    typeOnly: entries.length > 0 && entries.every(entry => entry.isType),
    dynamic: false,
  }))
  const exported = module.staticExports.flatMap(({entries, start}) => {
    const specifier = entries.find(entry => entry.moduleRequest)?.moduleRequest?.value
    return specifier === undefined
      ? []
      : [{specifier, at: start, typeOnly: entries.every(entry => entry.isType), dynamic: false}]
  })
  return [...imported, ...exported]
}

/** `import('…')`, both as an expression and, for types, as `import('…').Name`. */
function dynamicImportsOf(program: Parsed['program']): readonly Import[] {
  const found: Import[] = []
  new Visitor({
    ImportExpression({source, start}) {
      const text = source.type === 'Literal' && typeof source.value === 'string' ? source.value : undefined
      if (text !== undefined) found.push({specifier: text, at: start, typeOnly: false, dynamic: true})
    },
    TSImportType({source, start}) {
      found.push({specifier: source.value, at: start, typeOnly: true, dynamic: true})
    },
  }).visit(program)
  return found
}

function complaintsAbout(path: string, imported: Import): readonly string[] {
  const {specifier} = imported
  const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier
  const plugin = /^plugins\/([^/]+)\//.exec(path)?.[1]
  const complaints: string[] = []
  if (path.startsWith('src/') && (target.startsWith('plugins/') || target.startsWith('@omni-ops/plugin-'))) {
    complaints.push(`the kernel imports a plugin (${specifier})`)
  }
  if (plugin !== undefined) {
    const other = /^(?:plugins\/|@omni-ops\/plugin-)([^/]+)/.exec(target)?.[1]
    if (other !== undefined && other !== plugin) complaints.push(`a plugin imports another one (${specifier})`)
    if (specifier.startsWith('.') && !target.startsWith(`plugins/${plugin}/`)) {
      complaints.push(`a plugin reaches outside its own directory (${specifier}): use @omni-ops/core/…`)
    }
  }
  if (/(^|\/)operations\/[^/]+\.ts$/.test(path)) complaints.push(...heavyOperation(target, imported))
  if (isService(path) && !imported.typeOnly && /^(src\/cli\/|@omni-ops\/core\/cli)/.test(target)) {
    complaints.push(`a service imports the command line (${specifier})`)
  }
  if (specifier === '@oclif/core') complaints.push('@oclif/core whole is slow to load: import @oclif/core/…')
  return complaints
}

/** What an operation's module may load: zod, the kernel's operations, schemas beside it. Handlers only by `import()`. */
function heavyOperation(target: string, {specifier, dynamic, typeOnly}: Import): readonly string[] {
  if (typeOnly || dynamic) return []
  const light =
    specifier === 'zod' ||
    target === '@omni-ops/core/operation' ||
    /^src\/operation\/[^/]+\.ts$/.test(target) ||
    /^\.\/[^/]+\.ts$/.test(specifier)
  return light ? [] : [`an operation's module is light: it must not import ${specifier}`]
}

function isService(path: string): boolean {
  return (
    !/^(src\/cli|src\/testing|commands)\//.test(path) && !/^plugins\/[^/]+\/src\/(commands|presentation)\//.test(path)
  )
}

function usesOfWorld(program: Parsed['program']): readonly {name: string; start: number}[] {
  const found: {name: string; start: number}[] = []
  new Visitor({
    MemberExpression({object, property, start}) {
      if (object.type !== 'Identifier') return
      const name = property.type === 'Identifier' ? `${object.name}.${property.name}` : object.name
      if (object.name === 'process' && !harmless.has(name)) found.push({name: 'process', start})
      else if (name in world) found.push({name, start})
    },
    NewExpression({callee, arguments: values, start}) {
      const now = callee.type === 'Identifier' && callee.name === 'Date' && values.length === 0
      if (now) found.push({name: 'new Date()', start})
    },
  }).visit(program)
  return found
}
