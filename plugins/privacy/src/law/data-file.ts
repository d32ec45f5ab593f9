import {fileURLToPath} from 'node:url'

/**
 * Where a file of rules or holidays is: beside the source, or among the program's assets once it is bundled. Names are
 * relative to both: `rules/gdpr.yaml`.
 */
export function dataFile(name: string): string {
  const base = import.meta.url.endsWith('.ts') ? './data/' : './assets/law/'
  return fileURLToPath(new URL(base + name, import.meta.url))
}
