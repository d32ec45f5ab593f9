import {fileURLToPath} from 'node:url'

/**
 * Where a template of a document is: in the checkout, or among the program's assets once it is bundled. Names are
 * relative to both: `letters/answer.en.md`.
 */
export function templateFile(name: string): string {
  const base = import.meta.url.endsWith('.ts') ? '../../../../templates/documents/' : './assets/templates/documents/'
  return fileURLToPath(new URL(base + name, import.meta.url))
}
