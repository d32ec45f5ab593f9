import {parseHtml} from './html.ts'
import type {LoadBudget} from './limits.ts'
import type {ParsedText} from './parsed-text.ts'

/** The article stands for the page if it has at least this share of its text. */
const LEAST_ARTICLE_SHARE = 0.25
/** Readability looks at each element several times. */
const MOST_ELEMENTS = 50_000
const MAIN = /<(?:main|article)[\s>]|role\s*=\s*["']?main\b/i

/**
 * A page of the web without what stands around its content. Where the page marks its main content, that is it; else it
 * is the article that Mozilla's Readability finds, as Firefox's reader view shows it, unless that leaves out most of the
 * text. Tables and code stay as they are.
 *
 * @throws what `parseHtml` throws.
 */
export async function parseWebPage(html: string, url: string, budget: LoadBudget): Promise<ParsedText> {
  const whole = await parseHtml(html, budget)
  if (MAIN.test(html)) return whole
  const article = await articleIn(html, url)
  budget.check()
  if (article === undefined) return whole
  const parsed = await parseHtml(`<main>${article}</main>`, budget)
  return parsed.text.length < whole.text.length * LEAST_ARTICLE_SHARE ? whole : {...whole, ...textOf(parsed)}
}

function textOf({text, blocks}: ParsedText): Pick<ParsedText, 'text' | 'blocks'> {
  return {text, blocks}
}

/** The article's HTML, under its title as a heading; undefined where none is found. */
async function articleIn(html: string, url: string): Promise<string | undefined> {
  const [{parseHTML}, {Readability}] = await Promise.all([import('linkedom'), import('@mozilla/readability')])
  const {document} = parseHTML(html)
  // Links are resolved against it.
  if (document.head) document.head.insertAdjacentHTML('afterbegin', `<base href="${encodeURI(url)}">`)
  try {
    const article = new Readability(document, {maxElemsToParse: MOST_ELEMENTS}).parse()
    if (!article?.content) return undefined
    const heading = document.createElement('h1')
    heading.textContent = article.title ?? ''
    return /<h1[\s>]/i.test(article.content) ? article.content : heading.outerHTML + article.content
  } catch {
    // Too many elements, or a page that it cannot make sense of: the whole page is what there is.
    return undefined
  }
}
