import {readFile} from 'node:fs/promises'
import type {Plugin} from 'esbuild'

/** What TypeScript makes of `import {name} from '…'` and `import name from '…'`; the number at the end is its own. */
const requireStatement = /^const (\w+_\d+) = (require\("[^"\n]+"\)|__importDefault\(require\("[^"\n]+"\)\));$/gm

/**
 * The text of a CommonJS module that TypeScript wrote, with each `require` put off until its name is first used, as
 * Metro's inline requires do. For packages whose modules want nothing of each other but their exports: what a module
 * does to the world while it loads happens later, or not at all.
 */
export function withLazyRequires(source: string): string {
  const names: string[] = []
  const declared = source.replace(requireStatement, (_statement, name: string, call: string) => {
    names.push(name)
    return `let ${name}$loaded; const ${name}$load = () => ${name}$loaded ??= ${call};`
  })
  if (names.length === 0) return source
  return declared.replace(new RegExp(`\\b(${names.join('|')})\\b(?!\\$)`, 'g'), '($1$load())')
}

/** Applies `withLazyRequires` to the files whose path matches. */
export function lazyRequires(files: RegExp): Plugin {
  return {
    name: 'lazy-requires',
    setup({onLoad}) {
      onLoad({filter: files}, async ({path}) => ({
        contents: withLazyRequires(await readFile(path, 'utf8')),
        loader: 'js',
      }))
    },
  }
}
