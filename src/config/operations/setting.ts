import * as z from 'zod'

export const SettingName = z.string().min(1).describe('The setting, such as llm.backend')

export const Setting = z.object({
  name: z.string(),
  value: z.unknown().describe('null where nothing sets it; "(set)" for a secret'),
  origin: z.string().describe('What sets it: a flag, a variable, a file with line, or the default'),
  description: z.string(),
})
