/** So many grams of a query are searched at most. */
const MOST_GRAMS = 32
/** And so many whatever they cost. */
const LEAST_GRAMS = 4
/** How many passages the chosen grams may stand in, each gram counted for itself: what a search has to look through. */
const MOST_POSTINGS = 60_000

/**
 * The grams of a query that are worth searching: the rarest, for what stands in every passage tells none apart and
 * takes longest to look through. Where nothing is known of how common they are, the first.
 * @param grams distinct, the more telling first.
 * @param shares the share of the passages that have a gram; one that is not in it is rare.
 */
export function chooseGrams(grams: readonly string[], shares: ReadonlyMap<string, number>, passages: number): string[] {
  const byRarity = grams
    .map(gram => ({gram, share: shares.get(gram) ?? 0}))
    .toSorted((one, other) => one.share - other.share)
    .slice(0, MOST_GRAMS)
  let postings = 0
  return byRarity
    .filter(({share}, at) => {
      postings += share * passages
      return at < LEAST_GRAMS || postings <= MOST_POSTINGS
    })
    .map(({gram}) => gram)
}
