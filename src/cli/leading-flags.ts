/** The global flags, and whether a value follows. `globalFlags` would load oclif's parser before it is known to be needed. */
const leading: Readonly<Record<string, boolean>> = {
  '--json': false,
  '--output': true,
  '-o': true,
  '--tenant': true,
  '--profile': true,
  '--no-color': false,
  '--no-input': false,
  '--quiet': false,
  '-q': false,
  '--debug': false,
}

/**
 * Puts global flags that stand before the command behind it, where oclif looks for them: `omni --profile prod rag list`
 * becomes `omni rag list --profile prod`. What follows `--` stays last.
 */
export function withLeadingFlagsBehind(argv: readonly string[]): string[] {
  let count = 0
  for (;;) {
    const word = argv[count]
    const takesValue = word === undefined ? undefined : leading[word.split('=')[0]!]
    if (takesValue === undefined) break
    count += takesValue && !word!.includes('=') ? 2 : 1
  }
  if (count === 0 || count >= argv.length) return [...argv]
  const rest = argv.slice(count)
  const end = rest.includes('--') ? rest.indexOf('--') : rest.length
  return [...rest.slice(0, end), ...argv.slice(0, count), ...rest.slice(end)]
}

/** Whether a word is one of the flags that every command has. */
export function isGlobalFlag(word: string): boolean {
  return Object.hasOwn(leading, word.split('=')[0]!)
}

/** What stands before `--`: behind it nothing is a flag. */
export function beforeSeparator(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--')
  return end === -1 ? argv : argv.slice(0, end)
}

/** Whether flags ask for JSON, before anything is parsed: an error in them is told in that form too. */
export function wantsJson(flags: readonly string[]): boolean {
  return flags.some(
    (word, index) =>
      ['--json', '-ojson', '--output=json'].includes(word) ||
      (word === 'json' && ['-o', '--output'].includes(flags[index - 1] ?? '')),
  )
}
