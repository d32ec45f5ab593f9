import type {Capability, ProviderName} from '../model/provider-adapter.ts'

/** What all models of a family have in common. */
export interface ModelFamily {
  readonly capabilities: readonly Capability[]
  /** Tokens of a prompt and its answer together; null where it is not known. */
  readonly contextTokens: number | null
  readonly maxOutputTokens: number | null
  /** Whether it takes temperature, top-p, top-k and penalties: always, only where it does not reason, or never. */
  readonly sampling: 'always' | 'without-reasoning' | 'never'
  /**
   * How it is told to think: by a budget of tokens, by effort while it decides by itself, likewise but it cannot stop,
   * or not at all.
   */
  readonly thinking: 'none' | 'budget' | 'adaptive' | 'always'
}

interface FamilyRow extends ModelFamily {
  readonly pattern: RegExp
}

const TEXT = ['text', 'streaming'] as const
const TOOLS = [...TEXT, 'tools'] as const
const MODERN = [...TOOLS, 'vision', 'schema'] as const
const REASONING = [...MODERN, 'reasoning'] as const
const EMBEDDINGS = ['embeddings'] as const

function family(
  pattern: RegExp,
  capabilities: readonly Capability[],
  contextTokens: number | null,
  maxOutputTokens: number | null,
  sampling: ModelFamily['sampling'] = 'always',
  thinking: ModelFamily['thinking'] = 'none',
): FamilyRow {
  return {pattern, capabilities, contextTokens, maxOutputTokens, sampling, thinking}
}

/**
 * Claude, at Anthropic, Bedrock and Vertex AI; as of 23 November 2026. Sources: https://platform.claude.com/docs/en/models/overview,
 * …/build-with-claude/thinking and …/build-with-claude/structured-outputs,
 * https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html.
 */
const CLAUDE: readonly FamilyRow[] = [
  family(/claude-(?:fable|mythos)-/, REASONING, 1_000_000, 128_000, 'never', 'always'),
  family(/claude-opus-4-[78]/, REASONING, 1_000_000, 128_000, 'never', 'adaptive'),
  family(/claude-opus-4-6/, REASONING, 1_000_000, 128_000, 'without-reasoning', 'adaptive'),
  family(/claude-sonnet-4-6/, REASONING, 1_000_000, 64_000, 'without-reasoning', 'adaptive'),
  family(/claude-(?:opus|sonnet|haiku)-4-5/, REASONING, 200_000, 64_000, 'without-reasoning', 'budget'),
  family(/claude-opus-4-1/, REASONING, 200_000, 32_000, 'without-reasoning', 'budget'),
  family(
    /claude-opus-4(?:-0|-20|$)/,
    [...TOOLS, 'vision', 'reasoning'],
    200_000,
    32_000,
    'without-reasoning',
    'budget',
  ),
  family(
    /claude-(?:sonnet-4|3-7-sonnet)/,
    [...TOOLS, 'vision', 'reasoning'],
    200_000,
    64_000,
    'without-reasoning',
    'budget',
  ),
  family(/claude-(?:opus|sonnet|haiku)-[5-9]/, REASONING, 1_000_000, 128_000, 'never', 'adaptive'),
  family(/claude-3-5-haiku/, [...TOOLS, 'vision'], 200_000, 8192),
  family(/claude-3-5-sonnet/, [...TOOLS, 'vision'], 200_000, 8192),
  family(/claude-3-(?:opus|sonnet|haiku)/, [...TOOLS, 'vision'], 200_000, 4096),
]

/**
 * OpenAI's, at OpenAI and at Azure; as of 23 November 2026. Sources: https://platform.openai.com/docs/models,
 * …/docs/guides/latest-model (which parameters go with which effort), …/docs/guides/structured-outputs,
 * …/docs/guides/embeddings.
 */
const OPENAI: readonly FamilyRow[] = [
  family(/^text-embedding-/, EMBEDDINGS, 8192, null),
  family(/^gpt-5[\w.]*-chat/, MODERN, 128_000, 16_384),
  family(/^gpt-5\.4(?!-(?:mini|nano))/, REASONING, 1_050_000, 128_000, 'without-reasoning', 'adaptive'),
  family(/^gpt-5\.5/, REASONING, 1_000_000, 128_000, 'without-reasoning', 'adaptive'),
  family(/^gpt-5\.[1-4](?!\d)/, REASONING, 400_000, 128_000, 'without-reasoning', 'adaptive'),
  family(/^gpt-(?:5\.[6-9]|[6-9])/, REASONING, 1_050_000, 128_000, 'never', 'always'),
  family(/^gpt-5(?![.\d])/, REASONING, 400_000, 128_000, 'never', 'always'),
  family(/^codex-mini/, REASONING, 200_000, 100_000, 'never', 'always'),
  family(/^o1-(?:mini|preview)/, [...TEXT, 'reasoning'], 128_000, 65_536, 'never', 'always'),
  family(/^o3-mini/, [...TOOLS, 'schema', 'reasoning'], 200_000, 100_000, 'never', 'always'),
  family(/^o[134](?:-|$)/, REASONING, 200_000, 100_000, 'never', 'always'),
  family(/^gpt-4\.1/, MODERN, 1_047_576, 32_768),
  family(/^(?:ft:)?gpt-4o/, MODERN, 128_000, 16_384),
  family(/^chatgpt-4o/, [...TEXT, 'vision'], 128_000, 16_384),
  family(/^gpt-4-(?:turbo|vision)/, [...TOOLS, 'vision'], 128_000, 4096),
  family(/^gpt-4-32k/, TOOLS, 32_768, 32_768),
  family(/^gpt-4/, TOOLS, 8192, 8192),
  family(/^(?:ft:)?gpt-3\.5/, TOOLS, 16_385, 4096),
  family(/^gpt-oss/, [...TOOLS, 'schema', 'reasoning'], 131_072, 131_072, 'always', 'always'),
]

/**
 * Google's; as of 23 November 2026. Sources: https://ai.google.dev/gemini-api/docs/models, …/docs/thinking,
 * …/docs/embeddings.
 */
const GEMINI: readonly FamilyRow[] = [
  family(/^gemini-embedding-2/, EMBEDDINGS, 8192, null),
  family(/^(?:gemini-embedding|text-embedding)/, EMBEDDINGS, 2048, null),
  family(/^gemini-2\.5-pro/, REASONING, 1_048_576, 65_536, 'always', 'always'),
  family(/^gemini-2\.5/, REASONING, 1_048_576, 65_536, 'always', 'budget'),
  family(/^gemini-2\.0/, MODERN, 1_048_576, 8192),
  family(/^gemini-(?:[3-9]|flash-latest|pro-latest)/, REASONING, 1_048_576, 65_536, 'always', 'always'),
]

/** Cohere's; as of 23 November 2026. Source: https://docs.cohere.com/docs/models. */
const COHERE: readonly FamilyRow[] = [
  family(/^embed-/, EMBEDDINGS, null, null),
  family(/^command-a-reasoning/, [...TOOLS, 'schema', 'reasoning'], 256_000, 32_000, 'always', 'budget'),
  family(/^command-a-vision/, [...TEXT, 'vision', 'schema'], 128_000, 8000),
  family(/^command-a-03/, [...TOOLS, 'schema'], 256_000, 8000),
  family(/^command-r/, [...TOOLS, 'schema'], 128_000, 4000),
]

/**
 * Amazon's own at Bedrock; as of 23 November 2026. Source: https://docs.aws.amazon.com/nova/latest/userguide/what-is-nova.html
 * and https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html.
 */
const AMAZON: readonly FamilyRow[] = [
  family(/^amazon\.nova-micro/, TOOLS, 128_000, 10_000),
  family(/^amazon\.nova-(?:lite|pro)/, [...TOOLS, 'vision'], 300_000, 10_000),
  family(/^amazon\.nova-premier/, [...TOOLS, 'vision'], 1_000_000, 10_000),
  family(/^amazon\.titan-embed|^cohere\.embed/, EMBEDDINGS, null, null),
]

const FAMILIES: Readonly<Record<ProviderName, readonly FamilyRow[]>> = {
  anthropic: CLAUDE,
  openai: OPENAI,
  azure: OPENAI,
  gemini: GEMINI,
  vertex: [...GEMINI, ...CLAUDE],
  cohere: COHERE,
  bedrock: [...CLAUDE, ...AMAZON],
  // What a server of one's own offers, it alone knows.
  ollama: [],
  'openai-compatible': [],
}

/** The family of a model; undefined where it is not known, which says nothing about what it can do. */
export function familyOf(provider: ProviderName, model: string): ModelFamily | undefined {
  // An inference profile of Bedrock names its part of the world first: `eu.anthropic.…`.
  const name = provider === 'bedrock' ? model.replace(/^(?:[a-z]{2,6}(?:-gov)?)\.(?=[a-z]+\.)/, '') : model
  // Vertex AI has the date of Claude behind an @.
  return FAMILIES[provider].find(({pattern}) => pattern.test(name.replace('@', '-')))
}
