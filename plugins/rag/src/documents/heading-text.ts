/**
 * The words of a heading as it stands in a text, without what marks it as one: the `#` of Markdown, the `=` of
 * AsciiDoc and MediaWiki, underlines and overlines; and without emphasis, code marks, links and tags.
 */
export function headingText(heading: string): string {
  return heading
    .trim()
    .replace(/^#{1,6}(?:[ \t]+|$)/, '')
    .replace(/[ \t]+#+$/, '')
    .replace(/^([=\-~^"'`#*+.:_])\1{2,}\r?\n/, '')
    .replace(/\r?\n[ \t]*([=\-~^"'`#*+.:_])\1*$/, '')
    .replace(/^(?:= ?){1,6}(?=[^=\s])/, '')
    .replace(/(?: ?=){1,6}$/, '')
    .replace(/!?\[([^\][]*)\]\([^()]*\)/g, '$1')
    .replace(/<[^<>]*>/g, '')
    .replace(/[`*]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}
