import {isBuiltin} from 'node:module'
import {parseSync, type StaticImport} from 'oxc-parser'

/**
 * The text of an ES module with every static import of Node's own modules turned into a call of
 * `process.getBuiltinModule`. An `import` of one fills a facade with all of its exports, which runs every lazy getter:
 * `node:fs` then loads streams and promises, `node:util` worker threads, `node:http` TLS and undici (40 ms on Node 24).
 *
 * Imports are hoisted and declarations are not: a bundler's output, in which each import stands before the code that
 * uses it, stays right; hand-written modules that import each other in a circle may not.
 */
export function withBuiltinModules(source: string): string {
  const {module, errors} = parseSync('module.js', source)
  if (errors.length > 0) throw new SyntaxError(errors[0]?.message)
  let result = ''
  let end = 0
  for (const statement of module.staticImports) {
    if (!isBuiltin(statement.moduleRequest.value)) continue
    result += source.slice(end, statement.start) + declarations(statement)
    end = statement.end
  }
  return result + source.slice(end)
}

function declarations({entries, moduleRequest}: StaticImport): string {
  const load = `globalThis.process.getBuiltinModule(${JSON.stringify(moduleRequest.value)})`
  const named = entries.filter(({importName}) => importName.kind === 'Name')
  const whole = entries.filter(({importName}) => importName.kind !== 'Name')
  const pairs = named.map(({importName, localName}) => `${importName.name}: ${localName.value}`)
  const lines = whole.map(({localName}) => `const ${localName.value} = ${load};`)
  if (pairs.length > 0) lines.push(`const {${pairs.join(', ')}} = ${load};`)
  return lines.join(' ')
}
