import type {CommandNode, CompletedFlag, Values} from './command-table.ts'

/** The zsh function that completes `bin`, with zsh's own `_arguments` and `_describe`. */
export function zshCompletion(bin: string, table: readonly CommandNode[]): string {
  const known = table.filter(({words}) => words !== '').map(({words}) => quoted(words))
  return `#compdef ${bin}
# zsh completion for ${bin}; load it with: source <(${bin} completion zsh), after compinit
_${bin}() {
  local -a known next
  local command="" longer
  local -i index=2
  known=(${known.join(' ')})
  while (( index < CURRENT )); do
    longer="\${command:+$command }\${words[index]}"
    (( \${known[(Ie)$longer]} )) || break
    command="$longer"
    (( index++ ))
  done
  # _arguments sees the command as one word, and what follows it.
  words=("${bin}" "\${(@)words[index,-1]}")
  (( CURRENT -= index - 2 ))
  case "$command" in
${table.map(nodeCase).join('\n')}
  esac
}
if [[ "$funcstack[1]" == "_${bin}" ]]; then
  _${bin} "$@"
else
  compdef _${bin} ${bin}
fi
`
}

function nodeCase({words, next, flags, args}: CommandNode): string {
  const specifications = [
    ...flags.map(flagSpecification),
    ...args.map(({name, many, values}, index) =>
      quoted(`${many ? '*' : index + 1}:${escaped(name)}:${action(values)}`),
    ),
  ]
  const lines = [
    ...(next.length > 0
      ? [
          `next=(${next.map(({word, description}) => quoted(`${escaped(word)}:${description}`)).join(' ')})`,
          `(( CURRENT == 2 )) && _describe -t commands command next`,
        ]
      : []),
    ...(specifications.length > 0 ? [`_arguments -s -S ${specifications.join(' ')}`] : []),
  ]
  return `    ${quoted(words)})\n${lines.map(line => `      ${line}\n`).join('')}      ;;`
}

function flagSpecification({name, char, description, many, values}: CompletedFlag): string {
  const text = `[${description.replaceAll(/[\\\[\]:]/g, '\\$&')}]`
  const value = values ? `:${escaped(name)}:${action(values)}` : ''
  const long = `--${name}${values ? '=' : ''}`
  if (!char) return quoted(`${many ? '*' : ''}${long}${text}${value}`)
  const short = `-${char}${values ? '+' : ''}`
  const guard = many ? '*' : `(-${char} --${name})`
  return `${quoted(guard)}{${short},${long}}${quoted(`${text}${value}`)}`
}

function action(values: Values): string {
  if (values.kind === 'options')
    return `(${values.options.map(option => option.replaceAll(/[\s()\\]/g, '\\$&')).join(' ')})`
  return values.kind === 'paths' ? '_files' : ' '
}

function escaped(text: string): string {
  return text.replaceAll(':', '\\:')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
