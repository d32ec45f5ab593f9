import * as z from 'zod'

export const PluginOutput = z.object({
  name: z.string().describe('The topic of its commands'),
  package: z.string(),
  version: z.string(),
  summary: z.string(),
  source: z.string().describe('What it was installed from'),
  linked: z.boolean().describe('Used from the directory that it is written in'),
})

export const InstallOutput = z.object({
  plugin: PluginOutput.nullable().describe('null after a dry run'),
  package: z.string(),
  version: z.string(),
  replaced: z.string().nullable().describe('The version that was there before'),
  operations: z.array(z.string()),
  commands: z.array(z.string()),
  settings: z.array(z.string()),
  tables: z.array(z.string()),
})
