/** Mann–Whitney: the chance that an answerable question has the higher confidence; ties count half. */
export function areaUnderRoc(positives: readonly number[], negatives: readonly number[]): number {
  let wins = 0
  for (const positive of positives) {
    for (const negative of negatives) wins += positive > negative ? 1 : positive === negative ? 0.5 : 0
  }
  return wins / (positives.length * negatives.length)
}

/** The share of unanswerable questions refused at the threshold which wrongly refuses this share of the answerable. */
export function refusedAt(
  falseRefusals: number,
  answerable: readonly number[],
  unanswerable: readonly number[],
): number {
  const ordered = answerable.toSorted((left, right) => left - right)
  return shareBelow(unanswerable, ordered[Math.floor(falseRefusals * ordered.length)]!)
}

export function shareBelow(values: readonly number[], threshold: number): number {
  return values.filter(value => value < threshold).length / values.length
}
