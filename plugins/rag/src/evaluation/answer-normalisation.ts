/**
 * Text as SQuAD's evaluation compares it (Rajpurkar et al., SQuAD: 100,000+ Questions for Machine Comprehension of
 * Text, EMNLP 2016, `evaluate-v1.1.py`): lower case, without punctuation, without the English articles, single spaces.
 * Beyond ASCII, every character that Unicode calls punctuation counts as such; a punctuation mark between two words
 * that touch it joins them, as there.
 */
export function normalisedAnswer(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[$+<=>^`|~\p{P}]/gu, '')
    .replaceAll(/(?<![\p{L}\p{N}])(?:a|an|the)(?![\p{L}\p{N}])/gu, ' ')
    .replaceAll(/\s+/gu, ' ')
    .trim()
}

/** Whether a text holds one of the expected answers as whole words, both normalised. */
export function containsAnswer(text: string, answers: readonly string[]): boolean {
  const within = ` ${normalisedAnswer(text)} `
  return answers.some(answer => {
    const expected = normalisedAnswer(answer)
    return expected !== '' && within.includes(` ${expected} `)
  })
}
