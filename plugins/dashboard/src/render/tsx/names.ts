/**
 * A title as the name of a component: `Security & Auth` is `SecurityAuthDashboard`. Letters and digits of ASCII alone,
 * a letter first; what has none is `PageDashboard`.
 */
export function componentName(title: string): string {
  const words =
    title
      .normalize('NFKD')
      .replaceAll(/\p{M}/gu, '')
      .match(/[A-Za-z0-9]+/g) ?? []
  const name = words
    .map(word => word[0]!.toUpperCase() + word.slice(1))
    .join('')
    .replace(/Dashboard$/, '')
  return /^[A-Za-z]/.test(name) ? `${name}Dashboard` : `Page${name}Dashboard`
}

/** What ends a script, or is a line, a direction or nothing to a reader and something else to a compiler. */
const unreadable = /\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|</gu

/** Text as a literal of TypeScript, in which nothing is a template, a comment or markup. */
export const literal = (text: string) => JSON.stringify(text).replaceAll(unreadable, escaped)

const escaped = (character: string) =>
  Array.from({length: character.length}, (_, index) => {
    const unit = character.charCodeAt(index).toString(16).padStart(4, '0')
    return `\\u${unit}`
  }).join('')
