/** The path of each API, and what has it. */
export const routes = {
  'POST /v1/chat/completions': 'chatCompletions',
  'POST /v1/responses': 'responses',
  'POST /v1/messages': 'messages',
  'POST /v1/messages/count_tokens': 'countTokens',
  'POST /v1/embeddings': 'embeddings',
  'GET /v1/models': 'models',
  'GET /v1/models/*': 'models',
} as const

/** With which methods a path is asked; none where there is nothing at it. */
export function methodsOf(path: string): readonly string[] {
  return Object.keys(routes)
    .map(route => route.split(' ') as [method: string, path: string])
    .filter(([, each]) => (each.endsWith('*') ? path.startsWith(each.slice(0, -1)) : path === each))
    .map(([method]) => method)
}
