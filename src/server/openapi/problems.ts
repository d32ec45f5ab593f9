/** Problem details (RFC 9457) as omni writes them. */
export const problemSchema = {
  type: 'object',
  description: 'What went wrong, as problem details (RFC 9457)',
  properties: {
    type: {type: 'string', format: 'uri', description: '`urn:omni:problem:` and the code'},
    title: {type: 'string', description: 'The status in words'},
    status: {type: 'integer', description: 'The status of the answer', minimum: 400, maximum: 599},
    detail: {type: 'string', description: 'What happened'},
    code: {type: 'string', description: 'Stays the same from version to version', pattern: '^[a-z][a-z0-9_]*$'},
    hint: {type: 'string', description: 'What to try'},
    details: {description: 'Facts about it, such as `problems` with the path of every wrong field'},
    exit_code: {type: 'integer', description: 'The exit code of the command in this case'},
    request_id: {type: 'string', description: 'Names the request in the logs'},
  },
  required: ['type', 'title', 'status', 'detail', 'code'],
} as const

interface ProblemKind {
  /** Its key in `components.responses`. */
  readonly name: string
  readonly title: string
  /** The code of the example; a domain has codes of its own beside it. */
  readonly code: string
  readonly description: string
  readonly detail: string
  readonly retryAfter?: true
}

const kinds: Readonly<Record<string, ProblemKind>> = {
  '400': {
    name: 'MalformedRequest',
    title: 'Bad Request',
    code: 'malformed_request',
    description: 'The request cannot be read',
    detail: 'The body is no JSON: Unexpected end of input',
  },
  '401': {
    name: 'Unauthenticated',
    title: 'Unauthorized',
    code: 'unauthenticated',
    description: 'There is no key or token, or it is not valid any more',
    detail: 'This needs an API key or a token',
  },
  '403': {
    name: 'Denied',
    title: 'Forbidden',
    code: 'denied',
    description: 'The key has not the scope, or not the tenant',
    detail: 'rag.ingest needs rag:write, which key_7Qm does not have',
  },
  '404': {
    name: 'NotFound',
    title: 'Not Found',
    code: 'not_found',
    description: 'What was named does not exist',
    detail: 'There is no document handbook.md in the collection default',
  },
  '409': {
    name: 'Conflict',
    title: 'Conflict',
    code: 'conflict',
    description: 'Contradicts the present state; nothing was changed',
    detail: 'Another request with this Idempotency-Key is still running',
    retryAfter: true,
  },
  '413': {
    name: 'ContentTooLarge',
    title: 'Content Too Large',
    code: 'content_too_large',
    description: 'The body is larger than the server takes',
    detail: 'The body is larger than 32 MiB',
  },
  '415': {
    name: 'UnsupportedMediaType',
    title: 'Unsupported Media Type',
    code: 'unsupported_media_type',
    description: 'The body is not application/json',
    detail: 'Expected application/json, not text/plain',
  },
  '422': {
    name: 'InvalidInput',
    title: 'Unprocessable Content',
    code: 'invalid_input',
    description: 'The input does not fit; `details.problems` names every wrong field',
    detail: 'top_k: Too big: expected number to be <=50',
  },
  '429': {
    name: 'RateLimited',
    title: 'Too Many Requests',
    code: 'rate_limited',
    description: 'Too many requests of this key or tenant',
    detail: 'More than 100 requests in 60 s',
    retryAfter: true,
  },
  '500': {
    name: 'Failure',
    title: 'Internal Server Error',
    code: 'failure',
    description: 'Failed for a reason outside the request',
    detail: 'The disk is full',
  },
  '503': {
    name: 'NotConfigured',
    title: 'Service Unavailable',
    code: 'not_configured',
    description: 'A provider or server that this needs is missing or down',
    detail: 'The database cannot be reached',
    retryAfter: true,
  },
}

const content = {schema: {$ref: '#/components/schemas/Problem'}}

function responseOf(status: string, {title, code, description, detail, retryAfter}: ProblemKind) {
  const request_id = '019abc12-7def-7000-8000-0123456789ab'
  const example = {type: `urn:omni:problem:${code}`, title, status: Number(status), detail, code, request_id}
  return {
    description,
    headers: {
      'X-Request-ID': {$ref: '#/components/headers/X-Request-ID'},
      ...(retryAfter ? {'Retry-After': {$ref: '#/components/headers/Retry-After'}} : {}),
    },
    content: {'application/problem+json': {...content, example}},
  }
}

/** `components.responses`: one for each status with which an operation may fail. */
export const problemResponses: Readonly<Record<string, unknown>> = {
  ...Object.fromEntries(Object.entries(kinds).map(([status, kind]) => [kind.name, responseOf(status, kind)])),
  Problem: {description: 'Any other error', content: {'application/problem+json': content}},
}

/** The part of an operation's `responses` that is errors: those statuses, and any other. */
export function problemReferences(statuses: readonly (keyof typeof kinds)[]): Record<string, unknown> {
  const named = statuses.map(status => [status, {$ref: `#/components/responses/${kinds[status]?.name}`}])
  return {...Object.fromEntries(named), default: {$ref: '#/components/responses/Problem'}}
}
