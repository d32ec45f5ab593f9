const nanoPerDollar = 1_000_000_000n

/** 10⁻⁹ dollars as dollars with as many decimals as they need, at least two; null stays null. */
export function dollars(nano: bigint | null): string | null {
  if (nano === null) return null
  const fraction = String(nano % nanoPerDollar)
    .padStart(9, '0')
    .replace(/0+$/, '')
    .padEnd(2, '0')
  return `${nano / nanoPerDollar}.${fraction}`
}

/** The sum of amounts that `dollars` wrote; null where one of them is not known. */
export function sumOfDollars(amounts: readonly (string | null)[]): string | null {
  let sum = 0n
  for (const amount of amounts) {
    if (amount === null) return null
    const [whole, fraction = ''] = amount.split('.')
    sum += BigInt(whole!) * nanoPerDollar + BigInt(fraction.padEnd(9, '0'))
  }
  return dollars(sum)
}
