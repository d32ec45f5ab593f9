import type {CacheBreakpoint, CompletionMessage, CompletionRequest, TextPart} from './completion-request.ts'

/** What a breakpoint stands on: a tool, a part of the instructions, of what a model is told or answered, or all of it. */
export type BreakpointPlace = 'tools' | 'instructions' | 'messages' | 'answers' | 'the prompt'

/** The instructions as one text. */
export function instructionsText(system: CompletionRequest['system']): string | undefined {
  if (system === undefined || typeof system === 'string') return system
  return system.map(part => part.text).join('\n\n')
}

/** The instructions part by part; none where there are none. */
export function instructionParts(system: CompletionRequest['system']): readonly TextPart[] {
  if (system === undefined) return []
  return typeof system === 'string' ? [{type: 'text', text: system}] : system
}

/** All breakpoints, in the order in which providers put a prompt together: tools, instructions, messages. */
export function breakpointsOf(request: CompletionRequest): readonly CacheBreakpoint[] {
  const found: CacheBreakpoint[] = []
  const note = ({cacheBreakpoint}: Marked) => {
    if (cacheBreakpoint) found.push(cacheBreakpoint)
  }
  for (const tool of request.tools ?? []) note(tool)
  if (typeof request.system === 'object') for (const part of request.system) note(part)
  for (const {content} of request.messages) {
    for (const part of content) {
      if (part.type === 'reasoning') continue
      if (part.type === 'tool-result') for (const inner of part.content) note(inner)
      note(part)
    }
  }
  note(request)
  return found
}

/** The longest time that something shall be kept for; undefined where nothing shall, and 5 minutes where none is said. */
export function longestBreakpoint(request: CompletionRequest): '5m' | '1h' | undefined {
  const breakpoints = breakpointsOf(request)
  if (breakpoints.length === 0) return undefined
  return breakpoints.some(({ttl}) => ttl === '1h') ? '1h' : '5m'
}

/** The request with each breakpoint as `change` has it, in the order of the prompt; undefined takes it away. */
export function withBreakpoints(
  request: CompletionRequest,
  change: (breakpoint: CacheBreakpoint, place: BreakpointPlace) => CacheBreakpoint | undefined,
): CompletionRequest {
  const changed = <Part extends Marked>(part: Part, place: BreakpointPlace): Part => {
    const {cacheBreakpoint, ...rest} = part
    if (cacheBreakpoint === undefined) return part
    const kept = change(cacheBreakpoint, place)
    return (kept === undefined ? rest : {...rest, cacheBreakpoint: kept}) as Part
  }
  const {tools, system, messages} = request
  const marked: CompletionRequest = {
    ...request,
    ...(tools === undefined ? {} : {tools: tools.map(tool => changed(tool, 'tools'))}),
    ...(typeof system === 'object' ? {system: system.map(part => changed(part, 'instructions'))} : {}),
    messages: messages.map(message => messageWith(message, changed)),
  }
  return changed(marked, 'the prompt')
}

interface Marked {
  readonly cacheBreakpoint?: CacheBreakpoint
}

type Changed = <Part extends Marked>(part: Part, place: BreakpointPlace) => Part

function messageWith(message: CompletionMessage, changed: Changed): CompletionMessage {
  switch (message.role) {
    case 'user':
      return {...message, content: message.content.map(part => changed(part, 'messages'))}
    case 'assistant':
      return {
        ...message,
        content: message.content.map(part => (part.type === 'reasoning' ? part : changed(part, 'answers'))),
      }
    case 'tool':
      return {
        ...message,
        content: message.content.map(result => {
          const content = result.content.map(part => changed(part, 'messages'))
          return changed({...result, content}, 'messages')
        }),
      }
  }
}
