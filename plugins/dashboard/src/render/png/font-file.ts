import {createRequire} from 'node:module'
import {fileURLToPath} from 'node:url'

const files = {regular: 'NotoSans_400Regular.ttf', bold: 'NotoSans_700Bold.ttf'} as const

/** Where a weight of Noto Sans is: in its package, or among the program's assets once it is bundled. */
export function fontFile(weight: keyof typeof files): string {
  const file = files[weight]
  if (!import.meta.url.endsWith('.ts')) return fileURLToPath(new URL(`./assets/fonts/${file}`, import.meta.url))
  const directory = file.slice(file.indexOf('_') + 1, -'.ttf'.length)
  return createRequire(import.meta.url).resolve(`@expo-google-fonts/noto-sans/${directory}/${file}`)
}

/** Of a picture: the same letters on every machine, whatever fonts it has. */
export const fontOptions = () => ({
  loadSystemFonts: false,
  fontFiles: [fontFile('regular'), fontFile('bold')],
  defaultFontFamily: 'Noto Sans',
  sansSerifFamily: 'Noto Sans',
})
