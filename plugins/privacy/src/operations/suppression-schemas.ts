import * as z from 'zod'

export const SuppressedOutput = z
  .object({kind: z.string().describe('Of which kind the identifier is'), since: z.string().describe('The erasure')})
  .meta({id: 'SuppressedIdentity', description: 'An identifier of somebody who was erased and is refused since'})

export const LinkedOutput = z
  .object({kind: z.string(), count: z.int()})
  .meta({id: 'LinkedIdentities', description: 'How many identifiers of a kind were erased together with others'})
