/**
 * Colours of series, told apart by people of every colour vision: hues of Okabe & Ito's palette (Color Universal Design,
 * 2008), made darker on white and lighter on black until each has a contrast of 3 : 1 or more (WCAG 2.2, 1.4.11). Dashes and
 * the table beside each chart say the same without any colour.
 */
export const seriesColours: readonly {readonly light: string; readonly dark: string}[] = [
  {light: '#0072b2', dark: '#56b4e9'},
  {light: '#c74f00', dark: '#f0943e'},
  {light: '#00795c', dark: '#2fc99a'},
  {light: '#a8437f', dark: '#e493c1'},
  {light: '#7a5c00', dark: '#e8c547'},
  {light: '#4b3fa7', dark: '#ab9ff2'},
  {light: '#3d6f2a', dark: '#a3d977'},
]

/** All but the largest together. */
export const otherColour = {light: '#6b6b6b', dark: '#9c9c9c'}

/** Of lines, in the order of the colours. */
export const dashes: readonly (readonly number[])[] = [
  [1, 0],
  [7, 3],
  [2, 3],
  [9, 3, 2, 3],
  [4, 2],
  [12, 3],
  [3, 6],
]

/** Of dots, in the order of the colours; and the same as paths of 26 by 12, for a legend. */
const shapes = ['circle', 'diamond', 'square', 'triangle-up', 'triangle-down', 'triangle-left', 'triangle-right']
export const shapePaths: readonly string[] = [
  'M13,1A5,5 0 1 1 12.9,1Z',
  'M13,0L18,6L13,12L8,6Z',
  'M8,1H18V11H8Z',
  'M13,1L19,11H7Z',
  'M13,11L19,1H7Z',
  'M7,6L18,0V12Z',
  'M19,6L8,0V12Z',
]
export const shapeOf = (index: number) => shapes[index % shapes.length]!

export const colourOf = (index: number, other: boolean) =>
  other ? 'var(--other)' : `var(--series-${index % seriesColours.length})`
export const dashOf = (index: number) => dashes[index % dashes.length]!
