/** What a provider signed, for that provider alone. */
export interface Signed {
  readonly provider: string
  readonly data: unknown
}

const mark = 'omni1.'

/**
 * A provider's signed form of a thought or tool call as one text, for a client to keep and send back as it is. It is an
 * envelope and no proof: what is in it is checked by the provider that made it.
 */
export function signatureText(signed: Signed): string {
  return mark + Buffer.from(JSON.stringify([signed.provider, signed.data])).toString('base64url')
}

/** What a client sent back; undefined where it is not from here, as in a conversation begun with a vendor itself. */
export function signedOf(text: string | undefined): Signed | undefined {
  if (text === undefined || !text.startsWith(mark)) return undefined
  try {
    const parts: unknown = JSON.parse(Buffer.from(text.slice(mark.length), 'base64url').toString())
    if (!Array.isArray(parts) || parts.length !== 2 || typeof parts[0] !== 'string') return undefined
    return {provider: parts[0], data: parts[1] as unknown}
  } catch {
    return undefined
  }
}
