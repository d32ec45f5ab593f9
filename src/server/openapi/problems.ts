import {ExitCode} from '../../operation/errors.ts'

/** Problem details (RFC 9457) as omni writes them. */
export const problemSchema = {
  type: 'object',
  description: 'What went wrong, as problem details (RFC 9457)',
  properties: {
    type: {type: 'string', format: 'uri', description: '`urn:omni:problem:` and the code'},
    title: {type: 'string', description: 'The code in words'},
    status: {type: 'integer', description: 'The status of the answer', minimum: 400, maximum: 599},
    detail: {type: 'string', description: 'What happened'},
    code: {type: 'string', description: 'Stays the same from version to version', pattern: '^[a-z][a-z0-9_]*$'},
    hint: {type: 'string', description: 'What to try'},
    details: {description: 'Facts about it, such as `problems` with the path of every wrong field'},
    exit_code: {type: 'integer', description: 'The exit code of the command in this case'},
    request_id: {type: 'string', description: 'Names the request in the logs'},
  },
  required: ['type', 'title', 'status', 'detail', 'code', 'exit_code', 'request_id'],
} as const

interface ProblemKind {
  /** Its key in `components.responses`. */
  readonly name: string
  /** The code of the example; a domain has codes of its own beside it. */
  readonly code: string
  readonly description: string
  readonly detail: string
  readonly exitCode: ExitCode
  readonly retryAfter?: true
}

const kinds: Readonly<Record<string, ProblemKind>> = {
  '400': {
    name: 'MalformedRequest',
    code: 'malformed_body',
    description: 'The request cannot be read',
    exitCode: ExitCode.usage,
    detail: 'The body must be a JSON object',
  },
  '401': {
    name: 'Unauthenticated',
    code: 'unauthenticated',
    description: 'There is no key or token, or it is not valid any more',
    exitCode: ExitCode.denied,
    detail: 'This needs an API key or a token',
  },
  '403': {
    name: 'Denied',
    code: 'denied',
    description: 'The key has not the scope, or not the tenant',
    exitCode: ExitCode.denied,
    detail: 'rag.ingest needs rag:write, which key_7Qm does not have',
  },
  '404': {
    name: 'NotFound',
    code: 'not_found',
    description: 'What was named does not exist',
    exitCode: ExitCode.notFound,
    detail: 'There is no document handbook.md in the collection default',
  },
  '409': {
    name: 'Conflict',
    code: 'conflict',
    description: 'Contradicts the present state; nothing was changed',
    exitCode: ExitCode.conflict,
    detail: 'Another request with this Idempotency-Key is still running',
    retryAfter: true,
  },
  '413': {
    name: 'ContentTooLarge',
    code: 'body_too_large',
    description: 'The body is larger than the server takes',
    exitCode: ExitCode.usage,
    detail: 'The body is larger than 32 MiB',
  },
  '415': {
    name: 'UnsupportedMediaType',
    code: 'unsupported_media_type',
    description: 'The body is not application/json',
    exitCode: ExitCode.usage,
    detail: 'Expected application/json, not text/plain',
  },
  '422': {
    name: 'InvalidInput',
    code: 'invalid_input',
    description: 'The input does not fit; `details.problems` names every wrong field',
    exitCode: ExitCode.usage,
    detail: 'top_k: Too big: expected number to be <=50',
  },
  '429': {
    name: 'RateLimited',
    code: 'rate_limited',
    description: 'Too many requests of this key or tenant',
    exitCode: ExitCode.pending,
    detail: 'More than 100 requests in 60 s',
    retryAfter: true,
  },
  '500': {
    name: 'Failure',
    code: 'failure',
    description: 'Failed for a reason outside the request',
    exitCode: ExitCode.failure,
    detail: 'The disk is full',
  },
  '503': {
    name: 'NotConfigured',
    code: 'not_configured',
    description: 'A provider or server that this needs is missing or down',
    exitCode: ExitCode.notConfigured,
    detail: 'The database cannot be reached',
    retryAfter: true,
  },
}

const content = {schema: {$ref: '#/components/schemas/Problem'}}

function responseOf(status: string, {code, description, detail, exitCode, retryAfter}: ProblemKind) {
  const example = {
    type: `urn:omni:problem:${code}`,
    title: code.charAt(0).toUpperCase() + code.slice(1).replaceAll('_', ' '),
    status: Number(status),
    detail,
    code,
    exit_code: exitCode,
    request_id: '019abc12-7def-7000-8000-0123456789ab',
  }
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
