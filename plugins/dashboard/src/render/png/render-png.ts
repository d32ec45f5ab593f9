import type {DashboardData} from '../../build/dashboard-data.ts'
import {lightColours} from '../html/style.ts'
import {fontOptions} from './font-file.ts'
import {sheetSvg} from './sheet.ts'
import {TextRuler} from './text-ruler.ts'
import {possibleXml} from './xml-text.ts'

/** A dashboard as one picture, without a browser: resvg draws the page's own charts in a font that comes along. */
export async function renderPng(data: DashboardData): Promise<Uint8Array> {
  const library = await import('@resvg/resvg-js')
  const svg = possibleXml(await sheetSvg(data, new TextRuler(library)))
  const coloured = svg.replaceAll(
    /var\((--[a-z0-9-]+)\)/g,
    (variable, name: string) => lightColours.get(name) ?? variable,
  )
  const drawn = new library.Resvg(coloured, {font: fontOptions(), fitTo: {mode: 'zoom', value: 2}})
  return drawn.render().asPng()
}
