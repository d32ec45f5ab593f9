import {createHash} from 'node:crypto'
import {readFile} from 'node:fs/promises'
import {createRequire} from 'node:module'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {scriptOf, styles} from './page-parts.ts'

export interface DocsOptions {
  /** Where the OpenAPI document is, relative to where the page's directory is. */
  readonly document?: string
}

/**
 * Only what this server itself sent may run, be shown or be asked. The document cannot bring scripts, and no other
 * page can frame this one.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>omni API</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="docs/swagger-ui.css">
    <link rel="stylesheet" href="docs/page.css">
    <script src="docs/swagger-ui-bundle.js" defer></script>
    <script src="docs/page.js" defer></script>
  </head>
  <body>
    <main id="swagger-ui"><noscript>This page needs JavaScript; the API is described in openapi.json.</noscript></main>
  </body>
</html>
`

/** In the bundle the build puts the files beside this module; from source they are in their package. */
function assetDirectory(): string {
  if (!import.meta.url.endsWith('.ts')) return fileURLToPath(new URL('./assets/swagger-ui', import.meta.url))
  return dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
}

interface Part {
  readonly type: string
  readonly content: () => Promise<Uint8Array> | string
}

/**
 * The interactive documents of the API: the path below `/docs` (`/docs` itself is ``) to a page or one of its parts;
 * undefined where there is none. Swagger UI, from this server alone: nothing is loaded from elsewhere.
 */
export function docsHandler({document = 'openapi.json'}: DocsOptions = {}): (
  path: string,
) => Promise<Response | undefined> {
  const asset = (name: string) => () => readFile(join(assetDirectory(), name))
  const parts = new Map<string, Part>([
    ['', {type: 'text/html; charset=utf-8', content: () => html}],
    ['page.js', {type: 'text/javascript; charset=utf-8', content: () => scriptOf(document)}],
    ['page.css', {type: 'text/css; charset=utf-8', content: () => styles}],
    ['swagger-ui-bundle.js', {type: 'text/javascript; charset=utf-8', content: asset('swagger-ui-bundle.js')}],
    ['swagger-ui.css', {type: 'text/css; charset=utf-8', content: asset('swagger-ui.css')}],
  ])
  return async path => {
    const part = parts.get(path)
    if (!part) return undefined
    const content = Buffer.from(await part.content())
    return new Response(content, {
      headers: {
        'Content-Type': part.type,
        'Content-Security-Policy': contentSecurityPolicy,
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
        'Cache-Control': 'no-cache',
        ETag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
      },
    })
  }
}
