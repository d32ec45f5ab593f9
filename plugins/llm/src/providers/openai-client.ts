import type {OpenAI} from 'openai'
import {LONGEST_TIMEOUT} from './sdk-timeout.ts'

/** Everything the SDK would read from the environment is said here: settings have one source. */
export const ownSettings = {
  adminAPIKey: null,
  organization: null,
  project: null,
  webhookSecret: null,
  maxRetries: 0,
  timeout: LONGEST_TIMEOUT,
  logLevel: 'off',
} as const

/**
 * A client of a server that speaks OpenAI's protocol.
 *
 * @param baseURL With its version.
 * @param headers With the key; the SDK's own are not sent.
 * @param query Goes with every request.
 */
export async function openClient(
  baseURL: string,
  headers: Readonly<Record<string, string>>,
  query: Readonly<Record<string, string>> = {},
): Promise<OpenAI> {
  const {DirectOpenAI} = await import('./direct-openai.ts')
  return new DirectOpenAI({...ownSettings, apiKey: 'in the headers', baseURL, defaultQuery: query}, headers)
}
