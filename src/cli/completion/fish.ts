import type {CommandNode, Values} from './command-table.ts'

/** The fish script that completes `bin`. A condition per command finds which one the words before the cursor name. */
export function fishCompletion(bin: string, table: readonly CommandNode[]): string {
  const known = table.filter(({words}) => words !== '').map(({words}) => quoted(words))
  const lines = table.flatMap(node => nodeLines(bin, node))
  return `# fish completion for ${bin}; load it with: ${bin} completion fish | source
set -g __${bin}_commands ${known.join(' ')}

# The longest command that the words before the cursor name.
function __${bin}_command
    set -l command
    for word in (commandline -opc)[2..-1]
        set -l longer (string join ' ' -- $command $word)
        contains -- "$longer" $__${bin}_commands; or break
        set command $longer
    end
    string join ' ' -- $command
end

function __${bin}_at
    test "$(__${bin}_command)" = "$argv[1]"
end

complete -c ${bin} -f
${lines.join('\n')}
`
}

function nodeLines(bin: string, {words, next, flags, args}: CommandNode): readonly string[] {
  const start = `complete -c ${bin} -n ${quoted(`__${bin}_at ${quoted(words)}`)}`
  return [
    ...next.map(({word, description}) => `${start} -a ${quoted(word)}${described(description)}`),
    ...flags.map(({name, char, description, values}) => {
      const short = char ? ` -s ${char}` : ''
      return `${start} -l ${name}${short}${described(description)}${values ? ` -r${valueOptions(values)}` : ''}`
    }),
    ...args.flatMap(({values}) => (values.kind === 'any' ? [] : [`${start}${valueOptions(values)}`])),
  ]
}

function valueOptions(values: Values): string {
  if (values.kind === 'options') return ` -f -a ${quoted(values.options.join(' '))}`
  return values.kind === 'paths' ? ' -F' : ' -f'
}

function described(text: string): string {
  return text ? ` -d ${quoted(text)}` : ''
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
