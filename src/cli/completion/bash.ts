import type {CommandNode, Values} from './command-table.ts'

/**
 * The bash function that completes `bin`: bash 3.2 and later (macOS), without the bash-completion package. bash takes
 * `=` and `:` for the ends of words (COMP_WORDBREAKS), so `--output=js` arrives as three.
 */
export function bashCompletion(bin: string, table: readonly CommandNode[]): string {
  const cases = (lines: readonly string[]) => lines.map(line => `    ${line}\n`).join('')
  return `# bash completion for ${bin}; load it with: source <(${bin} completion bash)
_${bin}_next() {
  case "$1" in
${cases(table.filter(({next}) => next.length > 0).map(({words, next}) => `${quoted(words)}) echo ${quoted(next.map(({word}) => word).join(' '))} ;;`))}  esac
}

_${bin}_flags() {
  case "$1" in
${cases(table.filter(({flags}) => flags.length > 0).map(({words, flags}) => `${quoted(words)}) echo ${quoted(flags.map(({name}) => `--${name}`).join(' '))} ;;`))}  esac
}

# What the value of a flag may be: words, "@paths", or "@any"; nothing for a flag without a value.
_${bin}_flag_values() {
  case "$1|$2" in
${cases(table.flatMap(flagCases))}  esac
}

# The same for the argument at a position, from 0; "*" stands for every further one.
_${bin}_argument_values() {
  case "$1|$2" in
${cases(table.flatMap(argumentCases))}  esac
}

_${bin}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="" values="" position=0 index=1
  local word next
  if [[ "$current" == "=" ]]; then
    current=""
  elif [[ "$previous" == "=" ]]; then
    previous="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  while (( index < COMP_CWORD )); do
    word="\${COMP_WORDS[index]}"
    next=" $(_${bin}_next "$command") "
    [[ "$next" == *" $word "* ]] || break
    command="\${command:+$command }$word"
    (( index++ ))
  done
  while (( index < COMP_CWORD )); do
    word="\${COMP_WORDS[index]}"
    if [[ "$word" == -* ]]; then
      if [[ -n "$(_${bin}_flag_values "$command" "$word")" ]]; then
        (( index++ ))
        [[ "\${COMP_WORDS[index]}" == "=" ]] && (( index++ ))
      fi
    elif [[ "$word" != "=" ]]; then
      (( position++ ))
    fi
    (( index++ ))
  done
  COMPREPLY=()
  [[ "$previous" == -* ]] && values="$(_${bin}_flag_values "$command" "$previous")"
  if [[ -z "$values" ]]; then
    if [[ "$current" == -* ]]; then
      values="$(_${bin}_flags "$command")"
    else
      values="$(_${bin}_next "$command")"
      [[ -z "$values" ]] && values="$(_${bin}_argument_values "$command" "$position")"
    fi
  fi
  case "$values" in
    @paths)
      compopt -o filenames 2>/dev/null
      while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$current")
      ;;
    @any) ;;
    *) while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$values" -- "$current") ;;
  esac
}

complete -F _${bin} ${bin}
`
}

function flagCases({words, flags}: CommandNode): readonly string[] {
  return flags.flatMap(({name, char, values}) => {
    if (!values) return []
    const patterns = [`--${name}`, ...(char ? [`-${char}`] : [])].map(flag => quoted(`${words}|${flag}`))
    return [`${patterns.join(' | ')}) echo ${quoted(valueWords(values))} ;;`]
  })
}

function argumentCases({words, args}: CommandNode): readonly string[] {
  return args.map(({many, values}, index) => {
    const pattern = many ? `${quoted(`${words}|`)}*` : quoted(`${words}|${index}`)
    return `${pattern}) echo ${quoted(valueWords(values))} ;;`
  })
}

function valueWords(values: Values): string {
  return values.kind === 'options' ? values.options.join(' ') : `@${values.kind}`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
