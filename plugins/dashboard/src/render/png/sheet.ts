import type {DashboardData, ShownPanel} from '../../build/dashboard-data.ts'
import type {FigureData, PanelData} from '../../query/panel-data.ts'
import {comparable} from '../html/breakdown-chart.ts'
import {drawing, remarksOn} from '../html/page.ts'
import {colourOf} from '../html/palette.ts'
import {comparisonText, targetText} from '../comparison-text.ts'
import {quantityText} from '../quantity-text.ts'
import type {TextRuler} from './text-ruler.ts'
import {escapeXml} from './xml-text.ts'

/** Pixels before the picture is enlarged. */
const sheet = {width: 1400, margin: 32, gap: 16, padding: 16}
const inner = sheet.width - 2 * sheet.margin

/** A rectangle of the sheet: how high it gets, and its content at its own origin. */
interface Block {
  readonly height: number
  readonly markup: string
}

/** A dashboard on one sheet as SVG, in the colours of its page as variables. */
export async function sheetSvg(data: DashboardData, ruler: TextRuler): Promise<string> {
  const figures = data.panels.filter(({panel}) => panel.kind === 'figure')
  const others = data.panels.filter(({panel}) => panel.kind !== 'figure')
  const head = headBlock(data, ruler)
  const [tile, half] = [columnWidth(4), columnWidth(2)]
  const tiles = rowsOf(
    figures.map(shown => tileBlock(shown, tile, ruler)),
    4,
  )
  const panels = rowsOf(await Promise.all(others.map(shown => panelBlock(shown, half, ruler))), 2)
  const notes = footBlock(data, ruler)
  let y = sheet.margin
  const placed = [head, tiles, panels, notes].map(block => {
    const markup = `<g transform="translate(${sheet.margin} ${y})">${block.markup}</g>`
    y += block.height === 0 ? 0 : block.height + sheet.gap
    return markup
  })
  const height = Math.ceil(y - sheet.gap + sheet.margin)
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${sheet.width}" height="${height}" viewBox="0 0 ${sheet.width} ${height}" font-family="Noto Sans">` +
    `<rect width="100%" height="100%" fill="var(--ground)"/>${placed.join('')}</svg>`
  )
}

const columnWidth = (count: number) => (inner - (count - 1) * sheet.gap) / count

function headBlock({title, summary, source, period}: DashboardData, ruler: TextRuler): Block {
  const days = `${period.current.firstDay} to ${period.current.lastDay} (${period.zone}), against the ${period.days} days before`
  return stacked([
    paragraph(title, {size: 34, bold: true}, inner, ruler),
    ...(summary === undefined ? [] : [paragraph(summary, {size: 18}, inner, ruler)]),
    source === undefined
      ? paragraph('Sample data: nothing here happened', {size: 18, bold: true, colour: 'var(--bad)'}, inner, ruler)
      : paragraph(`Data from ${source}`, {size: 16, colour: 'var(--soft)'}, inner, ruler),
    paragraph(days, {size: 16, colour: 'var(--soft)'}, inner, ruler),
  ])
}

function footBlock({missing}: DashboardData, ruler: TextRuler): Block {
  if (missing.length === 0) return {height: 0, markup: ''}
  return stacked([
    paragraph('What these data do not tell', {size: 17, bold: true}, inner, ruler),
    ...missing.map(({title, reason}) => paragraph(`${title}: ${reason}`, {size: 15}, inner, ruler)),
  ])
}

function tileBlock(shown: ShownPanel, width: number, ruler: TextRuler): Card {
  const room = width - 2 * sheet.padding
  const heading = paragraph(shown.panel.title, {size: 16, bold: true}, room, ruler)
  if (!('data' in shown) || shown.data.kind !== 'figure')
    return {width, block: stacked([heading, reasonBlock(shown, room, ruler)])}
  const {value, unit} = shown.data
  return {
    width,
    block: stacked([
      heading,
      paragraph(quantityText(value, unit), {size: 32, bold: true}, room, ruler),
      comparisonBlock(shown.data, room, ruler),
      ...targetBlocks(shown.data, room, ruler),
      ...shown.notes.map(note => paragraph(note, {size: 14, colour: 'var(--soft)'}, room, ruler)),
    ]),
  }
}

function comparisonBlock(data: FigureData, room: number, ruler: TextRuler): Block {
  const {text, better} = comparisonText(data)
  const colour = better === undefined ? 'var(--soft)' : better ? 'var(--good)' : 'var(--bad)'
  return paragraph(text, {size: 14, colour}, room, ruler)
}

async function panelBlock(shown: ShownPanel, width: number, ruler: TextRuler): Promise<Card> {
  const room = width - 2 * sheet.padding
  const heading = paragraph(shown.panel.title, {size: 18, bold: true}, room, ruler)
  if (!('data' in shown)) return {width, block: stacked([heading, reasonBlock(shown, room, ruler)])}
  const notes = [...shown.notes, ...remarksOn(shown.data)].map(note =>
    paragraph(note, {size: 14, colour: 'var(--soft)'}, room, ruler),
  )
  return {
    width,
    block: stacked([
      heading,
      legendBlock(shown, room, ruler),
      chartBlock(await drawing(shown.panel, shown.data, 'wide'), room),
      ...notes,
    ]),
  }
}

const reasonBlock = (shown: ShownPanel, room: number, ruler: TextRuler) =>
  paragraph(`Not shown: ${'reason' in shown ? shown.reason : ''}`, {size: 15}, room, ruler)

function targetBlocks({target, unit}: FigureData, room: number, ruler: TextRuler): readonly Block[] {
  const text = targetText(target, unit)
  return text === undefined ? [] : [paragraph(text, {size: 14, colour: 'var(--soft)'}, room, ruler)]
}

interface Entry {
  readonly title: string
  readonly colour: string
  readonly opacity?: number
}

/** What the colours of a chart stand for; nothing where there is only one. */
function legendEntries({panel}: ShownPanel, data: PanelData): readonly Entry[] {
  switch (data.kind) {
    case 'trend':
      return [
        ...data.series.map(({title, other}, index) => ({title, colour: colourOf(index, other)})),
        ...(data.forecast === undefined || 'reason' in data.forecast
          ? []
          : data.forecast.intervals.map(({level}, index) => ({
              title: `Forecast: ${level * 100}% of past errors`,
              colour: colourOf(0, false),
              opacity: index === 0 ? 0.31 : 0.17,
            }))),
        ...(data.usual !== undefined && 'steps' in data.usual && data.usual.steps.some(step => step?.anomaly)
          ? [{title: 'Unusual', colour: 'var(--bad)'}]
          : []),
      ]
    case 'breakdown':
      return panel.kind === 'breakdown' && panel.mark === 'dot'
        ? comparable(data).map(({title}, index) => ({title, colour: colourOf(index, false)}))
        : []
    case 'figure':
    case 'funnel':
    case 'matrix':
      return []
  }
}

function legendBlock(shown: ShownPanel & {readonly data: PanelData}, room: number, ruler: TextRuler): Block {
  const entries = legendEntries(shown, shown.data)
  if (entries.length === 0) return {height: 0, markup: ''}
  const [size, swatch, line] = [14, 20, 22]
  let [x, y] = [0, 0]
  const drawn = entries.map(({title, colour, opacity = 1}) => {
    const [text = '', ...more] = ruler.lines(title, size, false, room - swatch - 16)
    const label = more.length === 0 ? text : `${text}…`
    const width = swatch + ruler.width(label, size, false) + 18
    if (x > 0 && x + width > room) [x, y] = [0, y + line]
    const markup =
      `<rect x="${x}" y="${y + 5}" width="14" height="10" fill="${colour}" fill-opacity="${opacity}"/>` +
      textLine(label, x + swatch, y + 15, {size})
    x += width
    return markup
  })
  return {height: y + line, markup: drawn.join('')}
}

/** The chart as it is on the page, as wide as its panel. */
function chartBlock(svg: string, room: number): Block {
  const [, width = '640', height = '0'] = /<svg [^>]*width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? []
  if (svg === '') return {height: 0, markup: ''}
  const scale = room / Number(width)
  return {
    height: Number(height) * scale,
    markup: `<g transform="scale(${scale})">${svg}</g>`,
  }
}

interface Look {
  readonly size: number
  readonly bold?: boolean
  readonly colour?: string
}

function paragraph(text: string, look: Look, room: number, ruler: TextRuler): Block {
  const leading = Math.round(look.size * 1.36)
  const lines = ruler.lines(text, look.size, look.bold === true, room)
  return {
    height: lines.length * leading + 4,
    markup: lines.map((line, index) => textLine(line, 0, index * leading + look.size * 1.05, look)).join(''),
  }
}

function textLine(text: string, x: number, y: number, {size, bold, colour = 'var(--ink)'}: Look): string {
  const weight = bold ? ' font-weight="700"' : ''
  return `<text x="${x}" y="${y}" font-size="${size}"${weight} fill="${colour}" xml:space="preserve">${escapeXml(text)}</text>`
}

function stacked(blocks: readonly Block[]): Block {
  let y = 0
  const markup = blocks.map(block => {
    const moved = `<g transform="translate(0 ${y})">${block.markup}</g>`
    y += block.height
    return moved
  })
  return {height: y, markup: markup.join('')}
}

interface Card {
  readonly width: number
  readonly block: Block
}

/** Cards beside each other, those of a row as high as the highest of them. */
function rowsOf(cards: readonly Card[], count: number): Block {
  let y = 0
  const rows: string[] = []
  for (let start = 0; start < cards.length; start += count) {
    const row = cards.slice(start, start + count)
    const height = Math.max(...row.map(({block}) => block.height)) + 2 * sheet.padding
    row.forEach(({width, block}, index) => {
      const x = index * (width + sheet.gap)
      rows.push(
        `<g transform="translate(${x} ${y})"><rect width="${width}" height="${height}" rx="10" fill="var(--paper)" stroke="var(--line)"/>` +
          `<g transform="translate(${sheet.padding} ${sheet.padding})">${block.markup}</g></g>`,
      )
    })
    y += height + sheet.gap
  }
  return {height: Math.max(0, y - sheet.gap), markup: rows.join('')}
}
