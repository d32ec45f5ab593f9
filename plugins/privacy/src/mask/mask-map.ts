import {writeWhole} from '@omni-ops/core/files'
import {InvalidInputError, type Randomness} from '@omni-ops/core/operation'
import {seal, unseal} from '@omni-ops/core/seal'
import * as z from 'zod'
import {EntityTypeName} from '../operations/schemas.ts'
import type {PlaceholderEntry} from './placeholders.ts'

/** What the keys of maps are derived for. */
export const maskMapPurpose = 'mask-map'

/** A file is no map of a masking run. */
export class MaskMapError extends InvalidInputError {
  override readonly code = 'no_mask_map'
}

const MapFile = z.object({
  format: z.literal('omni-mask-map'),
  version: z.literal(1),
  tag: z.string().regex(/^[a-z\d]{8,32}$/),
  sealed: z.base64(),
})

const Entries = z.array(z.tuple([z.string(), EntityTypeName, z.string(), z.boolean()]))

/** Keeps what placeholders stand for, encrypted, readable by its owner alone, and whole or not at all. */
export async function writeMaskMap(
  path: string,
  key: Uint8Array,
  tag: string,
  entries: ReadonlyMap<string, PlaceholderEntry>,
  random: Pick<Randomness, 'bytes'>,
): Promise<void> {
  const rows = [...entries].map(([placeholder, {type, raw, bare}]) => [placeholder, type, raw, bare] as const)
  const sealed = seal(key, Buffer.from(JSON.stringify(rows)), associated(tag), random).toString('base64')
  const content = `${JSON.stringify({format: 'omni-mask-map', version: 1, tag, sealed})}\n`
  await writeWhole(path, content)
}

/** What the content of a map keeps. Throws MaskMapError, UnsealError. */
export function openMaskMap(
  content: string,
  key: Uint8Array,
): {tag: string; entries: ReadonlyMap<string, PlaceholderEntry>} {
  const parsed = MapFile.safeParse(parseJson(content))
  if (!parsed.success) throw new MaskMapError('This is no map that omni privacy mask wrote')
  const {tag, sealed} = parsed.data
  const rows = Entries.parse(JSON.parse(unseal(key, Buffer.from(sealed, 'base64'), associated(tag)).toString('utf8')))
  return {tag, entries: new Map(rows.map(([placeholder, type, raw, bare]) => [placeholder, {type, raw, bare}]))}
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function associated(tag: string): string {
  return `omni-mask-map 1 ${tag}`
}
