import {fileURLToPath} from 'node:url'

/** Where what a form is made from is: in the checkout, or among the program's assets once it is bundled. */
export function templateFile(name: string): string {
  const base = import.meta.url.endsWith('.ts') ? '../../../../templates/dashboards/' : './assets/templates/dashboards/'
  return fileURLToPath(new URL(base + name, import.meta.url))
}
