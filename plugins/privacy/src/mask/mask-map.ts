import {readFile, rename, rm, writeFile} from 'node:fs/promises'
import {InvalidInputError} from '@omni-ops/core/operation'
import * as z from 'zod'
import {type EntityType, entityTypes} from '../detect/entity.ts'
import type {PlaceholderEntry} from './placeholders.ts'
import {seal, unseal} from './sealed.ts'

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

const Entries = z.array(z.tuple([z.string(), z.enum(entityTypes), z.string(), z.boolean()]))

/** Keeps what placeholders stand for, encrypted, readable by its owner alone, and whole or not at all. */
export async function writeMaskMap(
  path: string,
  key: Uint8Array,
  tag: string,
  entries: ReadonlyMap<string, PlaceholderEntry>,
): Promise<void> {
  const rows = [...entries].map(([placeholder, {type, raw, bare}]) => [placeholder, type, raw, bare] as const)
  const sealed = seal(key, Buffer.from(JSON.stringify(rows)), associated(tag)).toString('base64')
  const temporary = `${path}.${tag}.tmp`
  try {
    await writeFile(temporary, `${JSON.stringify({format: 'omni-mask-map', version: 1, tag, sealed})}\n`, {mode: 0o600})
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, {force: true})
    throw error
  }
}

/** Throws MaskMapError, UnsealError, and what the file system throws. */
export async function readMaskMap(
  path: string,
  key: Uint8Array,
): Promise<{tag: string; entries: ReadonlyMap<string, PlaceholderEntry>}> {
  const text = await readFile(path, 'utf8')
  const parsed = MapFile.safeParse(parseJson(text))
  if (!parsed.success) throw new MaskMapError(`${path} is no map that omni privacy mask wrote`)
  const {tag, sealed} = parsed.data
  const rows = Entries.parse(JSON.parse(unseal(key, Buffer.from(sealed, 'base64'), associated(tag)).toString('utf8')))
  const entries = new Map(
    rows.map(([placeholder, type, raw, isBare]) => [placeholder, {type: type as EntityType, raw, bare: isBare}]),
  )
  return {tag, entries}
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
