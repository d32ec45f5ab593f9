/** Whether a page is among those of `1-3,7`; all are where nothing is chosen. */
export function pageChoice(chosen: string | undefined): (page: number) => boolean {
  if (chosen === undefined) return () => true
  const ranges = chosen.split(',').map(part => {
    const [from, to] = part.split('-').map(Number)
    return {from: from!, to: to ?? from!}
  })
  return page => ranges.some(({from, to}) => from <= page && page <= to)
}
