import {describe, expect, it} from 'vitest'
import type {FailureClass} from '../../src/model/provider-failure.ts'
import {failureOfAnswer, failureOfError} from '../../src/providers/failure-classification.ts'
import {NOW} from './provider-servers.ts'

const source = {provider: 'a-provider', secrets: ['the-secret'], now: () => NOW}

function facts(status: number | null, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return failureOfAnswer({status, headers: new Headers(headers), body: text}, source).facts
}

const google = (code: number, status: string, message: string, details: unknown[] = []) => ({
  error: {code, status, message, details},
})

describe('what an error answer means', () => {
  // Bodies have the shape of those in each vendor's documents; wording only where nothing else tells.
  const cases: readonly [string, FailureClass, number | null, unknown][] = [
    [
      'OpenAI: no money left',
      'billing',
      429,
      {error: {code: 'insufficient_quota', type: 'insufficient_quota', message: 'You exceeded your current quota'}},
    ],
    [
      'OpenAI: the hard limit',
      'billing',
      400,
      {error: {code: 'billing_hard_limit_reached', message: 'Billing hard limit has been reached'}},
    ],
    [
      'OpenAI: an inactive account',
      'billing',
      429,
      {error: {code: 'billing_not_active', message: 'Your account is not active'}},
    ],
    [
      'OpenAI: requests per minute',
      'rate',
      429,
      {
        error: {
          code: 'rate_limit_exceeded',
          type: 'requests',
          message: 'Rate limit reached for gpt-4o on requests per min (RPM): Limit 3',
        },
      },
    ],
    [
      'OpenAI: one request beyond tokens per minute',
      'context',
      429,
      {
        error: {
          code: 'rate_limit_exceeded',
          type: 'tokens',
          message: 'Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 45000',
        },
      },
    ],
    [
      'OpenAI: its own load behind a 429',
      'overload',
      429,
      {error: {message: 'That model is currently overloaded with other requests.', type: 'server_error'}},
    ],
    [
      'OpenAI: too long',
      'context',
      400,
      {
        error: {
          code: 'context_length_exceeded',
          type: 'invalid_request_error',
          message: "This model's maximum context length is 128000 tokens.",
        },
      },
    ],
    [
      'OpenAI: the policy',
      'content',
      400,
      {error: {code: 'content_policy_violation', message: 'Your request was rejected'}},
    ],
    [
      'OpenAI: a flagged prompt',
      'content',
      400,
      {
        error: {
          code: 'invalid_prompt',
          message: 'Invalid prompt: your prompt was flagged as potentially violating our usage policy',
        },
      },
    ],
    [
      'OpenAI: an unknown model',
      'client',
      404,
      {error: {code: 'model_not_found', type: 'invalid_request_error', message: 'The model does not exist'}},
    ],
    [
      'OpenAI: a wrong parameter',
      'client',
      400,
      {
        error: {
          code: 'unsupported_value',
          type: 'invalid_request_error',
          param: 'temperature',
          message: 'Unsupported value',
        },
      },
    ],
    [
      'Azure: its filter',
      'content',
      400,
      {
        error: {
          code: 'content_filter',
          message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
          innererror: {code: 'ResponsibleAIPolicyViolation'},
        },
      },
    ],
    [
      'Azure: no capacity',
      'overload',
      429,
      {error: {code: 'NoCapacity', message: 'The system is currently experiencing high demand'}},
    ],
    [
      'Anthropic: no credit',
      'billing',
      400,
      {
        type: 'error',
        error: {type: 'invalid_request_error', message: 'Your credit balance is too low to access the Anthropic API.'},
      },
    ],
    [
      'Anthropic: the user’s own limit',
      'billing',
      400,
      {
        type: 'error',
        error: {
          type: 'invalid_request_error',
          message: 'You have reached your specified API usage limits. You will regain access on 2026-12-01',
        },
      },
    ],
    ['Anthropic: billing', 'billing', 402, {type: 'error', error: {type: 'billing_error', message: 'Billing'}}],
    [
      'Anthropic: a spend limit',
      'billing',
      429,
      {
        type: 'error',
        error: {type: 'rate_limit_error', message: 'Limit', details: {error_code: 'enforced_spend_limit_reached'}},
      },
    ],
    [
      'Anthropic: its rate',
      'rate',
      429,
      {
        type: 'error',
        error: {type: 'rate_limit_error', message: 'Number of request tokens has exceeded your per-minute rate limit'},
      },
    ],
    [
      'Anthropic: overloaded',
      'overload',
      529,
      {type: 'error', error: {type: 'overloaded_error', message: 'Overloaded'}},
    ],
    [
      'Anthropic: overloaded, in a stream',
      'overload',
      null,
      {type: 'error', error: {type: 'overloaded_error', message: 'Overloaded'}},
    ],
    [
      'Anthropic: its fault, in a stream',
      'transient',
      null,
      {type: 'error', error: {type: 'api_error', message: 'Internal server error'}},
    ],
    [
      'Anthropic: its rate, in a stream',
      'rate',
      null,
      {type: 'error', error: {type: 'rate_limit_error', message: 'Slow down'}},
    ],
    [
      'Anthropic: too long',
      'context',
      400,
      {
        type: 'error',
        error: {type: 'invalid_request_error', message: 'prompt is too long: 208310 tokens > 200000 maximum'},
      },
    ],
    [
      'Anthropic: prompt and answer too long',
      'context',
      400,
      {
        type: 'error',
        error: {
          type: 'invalid_request_error',
          message: 'input length and `max_tokens` exceed context limit: 199000 + 8192 > 200000',
        },
      },
    ],
    [
      'Anthropic: too many bytes',
      'context',
      413,
      {type: 'error', error: {type: 'request_too_large', message: 'Request exceeds the maximum size'}},
    ],
    [
      'Anthropic: its filter',
      'content',
      400,
      {type: 'error', error: {type: 'invalid_request_error', message: 'Output blocked by content filtering policy'}},
    ],
    [
      'Anthropic: no permission',
      'auth',
      403,
      {type: 'error', error: {type: 'permission_error', message: 'Not allowed'}},
    ],
    [
      'Gemini: a wrong key behind a 400',
      'auth',
      400,
      google(400, 'INVALID_ARGUMENT', 'API key not valid.', [
        {'@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID'},
      ]),
    ],
    [
      'Gemini: its quota, which comes back',
      'rate',
      429,
      google(
        429,
        'RESOURCE_EXHAUSTED',
        'You exceeded your current quota, please check your plan and billing details.',
        [{'@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34s'}],
      ),
    ],
    ['Gemini: no credit', 'billing', 429, google(429, 'RESOURCE_EXHAUSTED', 'Your prepayment credits are depleted.')],
    [
      'Gemini: billing switched off',
      'billing',
      403,
      google(403, 'PERMISSION_DENIED', 'This API method requires billing to be enabled.', [
        {'@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'BILLING_DISABLED'},
      ]),
    ],
    [
      'Gemini: overloaded',
      'overload',
      503,
      google(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'),
    ],
    [
      'Gemini: too long',
      'context',
      400,
      google(
        400,
        'INVALID_ARGUMENT',
        'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      ),
    ],
    [
      'Gemini: too long, newer wording',
      'context',
      400,
      google(400, 'INVALID_ARGUMENT', 'The input token count exceeds the maximum number of tokens allowed 1048576.'),
    ],
    ['Gemini: its deadline', 'transient', 504, google(504, 'DEADLINE_EXCEEDED', 'The request timed out.')],
    [
      'Cohere: a trial key’s month',
      'billing',
      429,
      {message: 'You are using a Trial key, which is limited to 1000 API calls / month.'},
    ],
    ['Cohere: its rate', 'rate', 429, {message: 'Please wait and try again later'}],
    [
      'Cohere: too long',
      'context',
      400,
      {message: 'too many tokens: total number of tokens in the prompt cannot exceed 256000'},
    ],
    ['Cohere: no such thing', 'client', 501, {message: 'not implemented'}],
    ['Cohere: an invalid token', 'auth', 401, {message: 'invalid api token'}],
    [
      'Bedrock: throttled',
      'rate',
      429,
      {__type: 'ThrottlingException', message: 'Too many tokens, please wait before trying again.'},
    ],
    ['Bedrock: throttled, in a stream', 'rate', null, {__type: 'ThrottlingException', message: 'Too many requests'}],
    [
      'Bedrock: no access',
      'auth',
      403,
      {__type: 'AccessDeniedException', message: 'You do not have access to the model'},
    ],
    [
      'Bedrock: no payment',
      'billing',
      403,
      {
        __type: 'AccessDeniedException',
        message:
          'Model access is denied due to INVALID_PAYMENT_INSTRUMENT: A valid payment instrument must be provided.',
      },
    ],
    [
      'Bedrock: too long',
      'context',
      400,
      {__type: 'ValidationException', message: 'Input is too long for requested model.'},
    ],
    [
      'Bedrock: invalid',
      'client',
      400,
      {__type: 'com.amazon.coral#ValidationException', message: 'The provided model identifier is invalid.'},
    ],
    ['Bedrock: the model failed', 'transient', 424, {__type: 'ModelErrorException', message: 'The model failed'}],
    ['Bedrock: not ready', 'overload', 429, {__type: 'ModelNotReadyException', message: 'The model is not ready'}],
    [
      'Bedrock: the stream failed',
      'transient',
      null,
      {__type: 'ModelStreamErrorException', message: 'The stream failed'},
    ],
    ['Bedrock: unavailable', 'overload', 503, {__type: 'ServiceUnavailableException', message: 'Unavailable'}],
    ['Ollama: no such model', 'client', 404, {error: "model 'x' not found"}],
    [
      'Ollama: its queue is full',
      'overload',
      503,
      {error: 'server busy, please try again. maximum pending requests exceeded'},
    ],
    ['Ollama: too long', 'context', 400, {error: 'the input length exceeds the context length'}],
    [
      'vLLM: too long',
      'context',
      400,
      {
        object: 'error',
        type: 'BadRequestError',
        code: 400,
        message: "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens",
      },
    ],
    [
      'llama.cpp: too long',
      'context',
      400,
      {
        error: {
          code: 400,
          type: 'exceed_context_size_error',
          message: 'the request exceeds the available context size',
        },
      },
    ],
    ['a proxy in the way', 'transient', 502, '<html>Bad gateway</html>'],
    ['a status that the body names, in a stream', 'overload', null, {error: {message: 'busy', code: 503}}],
    ['nothing at all, in a stream', 'transient', null, {error: {message: 'The engine stopped'}}],
  ]

  it.each(cases)('%s → %s', (_name, expected, status, body) => {
    expect(facts(status, body).class).toBe(expected)
  })

  it.each([
    'insufficient_quota',
    'billing_hard_limit_reached',
    'billing_not_active',
    'credit_balance_exhausted',
    'credit_balance_too_low',
    'spend_limit_reached',
    'contract_spend_limit_reached',
    'enforced_spend_limit_reached',
    'linked_organization_spend_limit_reached',
    'linked_organization_billing_unavailable',
  ])('a 429 with the code %s is about money, and no limit of a minute', code => {
    expect(facts(429, {error: {code, message: 'Try again later'}}).class).toBe('billing')
    expect(facts(429, {error: {type: code, message: 'Try again later'}}).class).toBe('billing')
  })

  it('finds the type that Amazon puts into a header', () => {
    const headers = {'x-amzn-errortype': 'ThrottlingException:http://internal.amazon.com/'}
    expect(facts(400, {message: 'Slow down'}, headers).class).toBe('rate')
  })

  it('does not take what a server’s own failure says for a fault of the request', () => {
    expect(facts(500, {error: {message: 'cannot measure maximum context length'}}).class).toBe('transient')
  })

  it.each([
    [400, false],
    [401, false],
    [429, false],
    [503, false],
    [529, false],
    [500, false],
    [502, false],
    [504, true],
    [408, true],
    [524, true],
  ])('says of HTTP %i whether the request may have run', (status, expected) => {
    expect(facts(status, {}).mayHaveRun).toBe(expected)
  })

  it('cuts long messages, and shows no key of any vendor', () => {
    const keys = [
      'the-secret',
      'sk-ant-api03-abcdefgh',
      'AIzaSyA1234567890abcdefghijklmnopqrstuv',
      'AKIAIOSFODNN7EXAMPLE',
      'Bearer abcdef0123456789',
    ]
    const {message} = facts(400, {error: {message: `Bad: ${keys.join(' ')} ${'x'.repeat(5000)}`}})
    expect(message.length).toBeLessThan(400)
    for (const key of keys) expect(message).not.toContain(key)
    expect(message).not.toContain('abcdef0123456789')
  })

  it('repeats nothing of what is said about a key', () => {
    expect(facts(401, {error: {message: 'Incorrect API key provided: q7V*****Zz'}}).message).not.toContain('q7V')
  })
})

describe('how long a provider asks to be left alone', () => {
  const wait = (headers: Record<string, string>, body: unknown = {}) => facts(429, body, headers).retryAfter

  it.each([
    ['milliseconds first', {'retry-after-ms': '1500', 'retry-after': '9'}, 1500],
    ['parts of a millisecond', {'retry-after-ms': '12.5'}, 12.5],
    ['seconds', {'retry-after': '7'}, 7000],
    ['parts of a second', {'retry-after': '0.5'}, 500],
    ['a date', {'retry-after': 'Mon, 23 Nov 2026 12:00:30 GMT'}, 30_000],
    [
      'a date by the server’s own clock',
      {'retry-after': 'Mon, 23 Nov 2026 08:00:30 GMT', date: 'Mon, 23 Nov 2026 08:00:00 GMT'},
      30_000,
    ],
    ['a date that has passed', {'retry-after': 'Sun, 22 Nov 2026 12:00:00 GMT'}, 0],
    ['now', {'retry-after': '0'}, 0],
    ['no number', {'retry-after': 'soon'}, null],
    ['less than nothing', {'retry-after': '-5'}, null],
    ['nothing', {'retry-after': '', 'retry-after-ms': ''}, null],
    ['seconds where the milliseconds are none', {'retry-after-ms': 'x', 'retry-after': '3'}, 3000],
  ] as const)('%s', (_name, headers, expected) => {
    expect(wait(headers as Record<string, string>)).toBe(expected)
  })

  it('finds Google’s RetryInfo in the body, after any header', () => {
    const body = google(429, 'RESOURCE_EXHAUSTED', 'quota', [
      {'@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{quotaId: 'PerMinute'}]},
      {'@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.074824224s'},
    ])
    expect(wait({}, body)).toBe(34_075)
    expect(wait({'retry-after': '5'}, body)).toBe(5000)
    expect(wait({}, [body])).toBe(34_075)
  })

  it.each([
    ['true', true],
    ['false', false],
    ['maybe', null],
  ])('obeys x-should-retry: %s', (value, expected) => {
    expect(facts(500, {}, {'x-should-retry': value}).shouldRetry).toBe(expected)
  })
})

describe('what a thrown error means', () => {
  const network = (code: string, syscall?: string) =>
    failureOfError(
      new Error('Connection error.', {cause: Object.assign(new Error(`${syscall} ${code}`), {code, syscall})}),
      source,
    )

  it.each([
    ['ECONNREFUSED', 'connect'],
    ['ETIMEDOUT', 'connect'],
    ['ENETUNREACH', 'connect'],
    ['ENOTFOUND', 'getaddrinfo'],
    ['EAI_AGAIN', 'getaddrinfo'],
    ['CERT_HAS_EXPIRED', undefined],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', undefined],
  ])('%s at %s: nothing was sent', (code, syscall) => {
    expect(network(code, syscall)?.facts).toMatchObject({class: 'transient', mayHaveRun: false})
  })

  it.each([
    ['ECONNRESET', 'read'],
    ['EPIPE', 'write'],
    ['ETIMEDOUT', 'read'],
    ['ECONNRESET', undefined],
  ])('%s at %s: it may have run', (code, syscall) => {
    expect(network(code, syscall)?.facts).toMatchObject({class: 'transient', mayHaveRun: true})
  })

  it('leaves mistakes of the program alone', () => {
    expect(failureOfError(new TypeError('x is not a function'), source)).toBeUndefined()
    expect(failureOfError(new RangeError('Invalid array length'), source)).toBeUndefined()
    expect(failureOfError('not an error', source)).toBeUndefined()
  })
})
